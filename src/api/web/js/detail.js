// A run looked at closely: thousands of points, drawn by plotly, which comes after the page is seen.

import { get, of } from "./api.js";
import { contactsOf, valuesOf } from "./everystep.js";
import { measureOf } from "./halves.js";
import { at, h, put, setText } from "./dom.js";
import { day, digits, duration, km, label, unit } from "./numbers.js";
import { imperial, paceOver } from "./units.js";
import { locale, t } from "./words.js";

const BINS = 2000; // of at least two seconds: finer, a bin holds nothing that a median could rest on
const FIRST = ["gct_ms", "cadence_spm", "softness", "strike_deg"];
const ZERO_MS = Date.UTC(2000, 0, 1); // a small number on an axis of times is read as a year
const PANEL_PX = 190;
const CLOSE_MS = 6 * 60_000; // from here down each contact is a dot of its own
const LEAST_MS = 20_000;
const COLOURS = { left: "--left", right: "--right", unknown: "--accent" };

// The policy of the pages allows no style in markup. So plotly's rules stand in our sheet, which the
// class below tells it, the sheet of the maps that it also brings goes nowhere, and what it writes
// as a style's text is set as a style.
function tamed() {
  const { createElement } = document, { setAttribute } = Element.prototype;
  document.createElement = (name, ...more) => createElement.call(document, name === "style" ? "template" : name, ...more);
  Element.prototype.setAttribute = function set(name, value) {
    if (name === "style" && this.style) this.style.cssText = value;
    else setAttribute.call(this, name, value);
  };
  document.head.append(h("template", { id: "plotly.js-style-global", class: "no-inline-styles" }));
}

function library() {
  if (window.Plotly) return Promise.resolve(window.Plotly);
  tamed();
  return new Promise((done, failed) => document.head.append(h("script", { src: at("close-part").dataset.plotly,
    onload: () => done(window.Plotly), onerror: () => failed(new Error(t("close.missing"))) })));
}

/** Draw a run at length; run: with its stretches; bands: {gaps, walks} in bins of bin_s; looked(from_s, to_s) hears of a zoom. */
export async function detail(athlete, run, { gaps, walks, bin_s }, others, looked) {
  const [plotly, data, usual] = await Promise.all([library(), lines(athlete, run.id),
    get(of(athlete.id, "runs", run.id, "usual")).catch(() => ({ items: [] }))]);
  const names = Object.keys(SCALES).filter((name) => data.lines.some((line) => line.columns[name]));
  const state = { shown: FIRST.filter((name) => names.includes(name)), view: null, other: null, contacts: null };
  if (!state.shown.length) state.shown = names.slice(0, 3);
  const whole = [0, data.bins * data.bin_s * 1000];
  const timed = (spans) => spans.map((span) => span.map((bin) => bin * bin_s * 1000));
  const drawing = { data, whole, usual: usual.items, bouts: run.summary.bouts ?? [], gaps: timed(gaps), walks: timed(walks) };

  async function draw() {
    const [from, to] = state.view ?? whole;
    if (to - from <= CLOSE_MS) state.contacts ??= await contactsOf(athlete, run, data).catch(() => []);
    plotly.react(at("close-plot"), traces(drawing, state), layout(drawing, state), { responsive: true, displayModeBar: false, doubleClick: false });
    setText(at("close-says"), t(state.contacts?.length && to - from <= CLOSE_MS ? "close.each" : "close.seen", { from: duration(from / 1000), to: duration(to / 1000) }));
    at("close-whole").disabled = state.view === null;
  }
  const look = (from, to, tell = true) => {
    const length = Math.max(LEAST_MS, Math.min(whole[1], to - from));
    const first = Math.max(0, Math.min(whole[1] - length, from));
    state.view = length >= whole[1] ? null : [first, first + length];
    if (tell) looked(first / 1000, (first + length) / 1000);
    draw();
  };
  choice(names, state, draw);
  beside(athlete, others, state, draw);
  steps(() => state.view ?? whole, look, whole);
  await draw();
  at("close-plot").on("plotly_relayout", (e) => {
    if (e["xaxis.range[0]"] !== undefined) look(ms(e["xaxis.range[0]"]), ms(e["xaxis.range[1]"]));
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  return (from_s, to_s) => look(from_s * 1000, to_s * 1000, false);
}

const lines = (athlete, run) => get(`${of(athlete.id, "runs", run, "chart")}?bins=${BINS}`);
const placed = (ms) => ms + ZERO_MS;
const ms = (at) => (typeof at === "number" ? at : Date.parse(`${String(at).replace(" ", "T")}Z`)) - ZERO_MS;

/** Which measures are shown; softness is never shown without the strike angle. */
function choice(names, state, draw) {
  put("close-shown", names.map((name) => h("button", { type: "button", "aria-pressed": String(state.shown.includes(name)), data: { column: name }, onclick: () => {
    const on = !state.shown.includes(name);
    const wanted = names.filter((one) => (one === name ? on : state.shown.includes(one)));
    if (wanted.includes("softness") && names.includes("strike_deg") && !wanted.includes("strike_deg")) wanted.push("strike_deg");
    if (!wanted.length) return;
    state.shown = names.filter((one) => wanted.includes(one));
    for (const button of at("close-shown").children) button.setAttribute("aria-pressed", String(state.shown.includes(button.dataset.column)));
    draw();
  } }, label(measureOf(name)))));
}

/** Another run's lines behind this one's. */
function beside(athlete, others, state, draw) {
  put("close-other", h("option", { value: "" }, t("close.alone")), others.map((one) =>
    h("option", { value: one.id }, [day(one.day), km(one.distance_m), one.title].filter(Boolean).join(" · "))));
  at("close-other").onchange = async (e) => {
    state.other = e.target.value ? await lines(athlete, e.target.value).catch(() => null) : null;
    draw();
  };
}

/** Buttons for whoever has no mouse: a chart that swallowed the finger could not be scrolled past. */
function steps(view, look, whole) {
  const by = (id, part) => { at(id).onclick = () => { const [from, to] = view(); look(...part(from, to, to - from)); }; };
  by("close-in", (from, to, long) => [from + long / 4, to - long / 4]);
  by("close-out", (from, to, long) => [from - long / 2, to + long / 2]);
  by("close-back", (from, to, long) => [from - long / 2, to - long / 2]);
  by("close-on", (from, to, long) => [from + long / 2, to + long / 2]);
  by("close-whole", () => whole);
}

/** Return what to show of a measure in the stretch in view: the wildest hundredth left out, and so is walking, if one ran. */
function rangeOf(name, { data, walks }, [from, to]) {
  const walked = (at) => walks.some(([a, b]) => at >= a && at < b);
  const known = (also) => data.lines.flatMap((line) => scaled(name, line.columns[name] ?? [])
    .filter((v, i) => v !== null && inside((i + 0.5) * data.bin_s * 1000, also))).sort((a, b) => a - b);
  const inside = (at, also) => at >= from && at <= to && (also || !walked(at));
  const ran = known(false), sorted = ran.length > 5 ? ran : known(true);
  if (!sorted.length) return {};
  const [low, high] = [0.01, 0.99].map((part) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))]);
  const room = Math.max((high - low) * 0.25, Math.abs(high) * 0.01, 1e-6);
  return { autorange: false, range: name === "speed_mps" ? [high + room, low - room] : [low - room, high + room] };
}

const same = (v) => v;
// Column: how its numbers are turned into what is shown. A pace is minutes, and faster is up.
const SCALES = {
  gct_ms: same, cadence_spm: same, softness: same, strike_deg: same, shock_g: same, flight_ms: same,
  speed_mps: (v) => (v > 0.5 ? (paceOver() / v) * 1000 : null),
  vertical_oscillation_mm: (v) => (imperial() ? v / 25.4 : v), heart_rate_bpm: same, power_w: same, altitude_m: same,
};
const scaled = (name, values) => values.map((v) => (v === null || v === undefined ? null : SCALES[name](v)));
const form = (name) => (name === "speed_mps" ? "%{y|%-M:%S}" : `%{y:.${digits(measureOf(name))}f}`);

function traces({ data, usual, whole }, state) {
  const times = (one) => Array.from({ length: one.bins }, (_, i) => placed((i + 0.5) * one.bin_s * 1000));
  const out = [];
  state.shown.forEach((name, row) => {
    const axis = row ? `y${row + 1}` : "y";
    const add = (trace) => out.push({ type: "scatter", yaxis: axis, ...trace });
    for (const line of state.other?.lines.filter((one) => one.columns[name]) ?? []) {
      add({ x: times(state.other), y: scaled(name, line.columns[name]), mode: "lines", hoverinfo: "skip",
        line: { color: colour("--quiet"), width: 1, dash: line.side === "right" ? "dot" : "solid" }, opacity: 0.7 });
    }
    for (const line of data.lines.filter((one) => one.columns[name])) {
      const foot = line.side === "unknown" ? "" : `${t(`side.${line.side}`)} `;
      add({ x: times(data), y: scaled(name, line.columns[name]), mode: "lines", connectgaps: false,
        line: { color: colour(COLOURS[line.side]), width: 1.5, dash: line.side === "right" ? "5px,2px" : "solid" },
        hovertemplate: `${foot}${form(name)} ${unit(measureOf(name))}<extra></extra>` });
    }
    const [from, to] = state.view ?? whole;
    if (to - from <= CLOSE_MS) for (const foot of state.contacts ?? []) dots(foot, name, from, to, add);
    const mine = usual.find((one) => one.name === measureOf(name))?.usual;
    if (mine) add({ x: whole.map(placed), y: scaled(name, [mine, mine]), mode: "lines", line: { color: colour("--quiet"), width: 1, dash: "dash" },
      hovertemplate: `${t("close.usual")} ${form(name)}<extra></extra>` });
  });
  return out;
}

function dots(foot, name, from, to, add) {
  const values = valuesOf(foot, name);
  if (!values) return;
  const inside = foot.at_ms.map((v, i) => (v >= from && v <= to ? i : -1)).filter((i) => i >= 0);
  add({ x: inside.map((i) => placed(foot.at_ms[i])), y: scaled(name, inside.map((i) => values[i])), mode: "markers", hoverinfo: "skip",
    marker: { color: colour(COLOURS[foot.side] ?? COLOURS.unknown), size: 4, opacity: 0.55, symbol: foot.side === "right" ? "circle-open" : "circle" } });
}

function layout(drawing, { shown, view }) {
  const { gaps, walks, bouts, whole } = drawing;
  const text = { color: colour("--quiet"), size: 12, family: "system-ui, sans-serif" };
  const line = { gridcolor: colour("--line"), zeroline: false, linecolor: colour("--line"), tickfont: text, fixedrange: true };
  const band = (kind) => ([from, to]) => ({ type: "rect", xref: "x", yref: "paper", x0: placed(from), x1: placed(to), y0: 0, y1: 1, layer: "below",
    fillcolor: colour(kind), line: { width: 0 } });
  const laps = bouts.filter((one) => one.kind === "segment");
  const laid = { height: shown.length * PANEL_PX + 46, margin: { l: 46, r: 8, t: 26, b: 30 }, showlegend: false, hovermode: "x", font: text,
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", separators: locale === "de-DE" ? ",." : ".,",
    hoverlabel: { bgcolor: colour("--card"), bordercolor: colour("--line"), font: { ...text, color: colour("--ink") } },
    dragmode: matchMedia("(pointer: coarse)").matches ? false : "zoom",
    shapes: [...gaps.map(band("--soft")), ...walks.map(band("--notice-bg")), ...laps.map((one) => ({ type: "line", xref: "x", yref: "paper",
      x0: placed(one.start_s * 1000), x1: placed(one.start_s * 1000), y0: 0, y1: 1, line: { color: colour("--ink"), width: 1, dash: "dot" } }))],
    annotations: laps.slice(0, 40).map((one, i) => ({ xref: "x", yref: "paper", x: placed(one.start_s * 1000), y: 1, yanchor: "bottom", xanchor: "left", showarrow: false,
      text: t("close.lap", { n: i + 1 }), font: { ...text, size: 11 } })),
    xaxis: { ...line, fixedrange: false, type: "date", range: (view ?? whole).map(placed), anchor: shown.length > 1 ? `y${shown.length}` : "y",
      tickformat: whole[1] >= 3_600_000 ? "%-H:%M:%S" : "%-M:%S", hoverformat: "%-H:%M:%S", nticks: 6, showspikes: true, spikemode: "across",
      spikethickness: 1, spikecolor: colour("--quiet"), spikedash: "solid" } };
  shown.forEach((name, row) => {
    const part = 1 / shown.length;
    laid[row ? `yaxis${row + 1}` : "yaxis"] = { ...line, nticks: 5, domain: [1 - (row + 1) * part + (row + 1 < shown.length ? 0.02 : 0), 1 - row * part - 0.05],
      ...(name === "speed_mps" ? { type: "date", tickformat: "%-M:%S" } : {}), ...rangeOf(name, drawing, view ?? whole) };
    laid.annotations.push({ xref: "paper", yref: "paper", x: 0, y: 1 - row * part - 0.045, xanchor: "left", yanchor: "bottom", showarrow: false,
      text: `<b>${label(measureOf(name))}</b> ${unit(measureOf(name))}`, font: { ...text, color: colour("--ink"), size: 13 } });
  });
  return laid;
}

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
