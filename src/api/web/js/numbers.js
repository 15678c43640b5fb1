// What every number is called, how it is written, and what it means, in plain words.

export const MEASURES = {
  cadence: {
    label: "Cadence", unit: "steps/min", digits: 0,
    what: "Steps of both feet in a minute. Strides of one foot would be half as many.",
  },
  gct: {
    label: "Contact time", unit: "ms", digits: 0,
    what: "How long a foot is on the ground in one step. It gets shorter when you run faster, so compare it at the same pace.",
  },
  flight: {
    label: "Flight time", unit: "ms", digits: 0,
    what: "From one foot leaving the ground to the other touching it. In walking it is below zero: both feet are down at times.",
  },
  softness: {
    label: "Softness", unit: "of 100", digits: 0,
    what: "How softly the foot arrives, 0 hard to 100 soft, against your own usual. It is a measure of technique and nothing else.",
  },
  shock: {
    label: "Shock", unit: "g", digits: 1,
    what: "The sharpest knock after touching down, at the place where the sensor sits. Shoe and ground change it; a number from another place on the body is not comparable.",
  },
  strike: {
    label: "Strike angle", unit: "°", digits: 1,
    what: "The angle of the foot to the ground as it touches: above zero the heel comes first, below zero the toes.",
  },
  stride: {
    label: "Stride length", unit: "m", digits: 2,
    what: "From one contact of a foot to the next contact of the same foot: two steps.",
  },
  step: { label: "Step length", unit: "m", digits: 2,
    what: "From one foot's contact to the other foot's." },
  speed: { label: "Speed", unit: "m/s", digits: 2, what: "Metres covered in a second." },
  heart_rate: { label: "Heart rate", unit: "beats/min", digits: 0,
    what: "What a watch or strap counted." },
  power: { label: "Power", unit: "W", digits: 0,
    what: "An estimate by the device that sent it. Makers calculate it differently; compare one device with itself." },
  vertical_oscillation: { label: "Bounce", unit: "mm", digits: 0,
    what: "How far the body moves up and down in one step, as the device reports it." },
  gct_balance: { label: "Left share of contact", unit: "%", digits: 1,
    what: "The left foot's part of the contact time; 50 is even." },
  leg_stiffness: { label: "Leg stiffness", unit: "kN/m", digits: 1,
    what: "How much the leg acts like a spring, as the device estimates it." },
  coverage: { label: "Coverage", unit: "%", digits: 0,
    what: "How much of the run was really measured. Gaps are left out, never filled in." },
};

const GRADES = {
  A: "A: as good as this kind of sensor gets",
  B: "B: good for your own trend",
  C: "C: rough; look at big changes only",
  X: "X: nothing honest can be said",
};

const known = (name) => MEASURES[name] ?? { label: name.replaceAll("_", " "), unit: "", digits: 1, what: "" };

export const label = (name) => known(name).label;
export const unit = (name) => known(name).unit;
export const what = (name) => known(name).what;
export const grade = (letter) => GRADES[letter] ?? GRADES.X;

/** Return a number as people write it, or a dash where it is not known. */
export function written(value, digits = 0) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  return value.toLocaleString("en-GB", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

export const value = (name, number) => written(number, known(name).digits);

/** Return seconds as 47:10 or 1:02:33. */
export function duration(s) {
  const whole = Math.round(s ?? 0);
  const parts = [Math.floor(whole / 60) % 60, whole % 60].map((n) => String(n).padStart(2, "0"));
  const hours = Math.floor(whole / 3600);
  return hours ? `${hours}:${parts.join(":")}` : `${Number(parts[0])}:${parts[1]}`;
}

/** Return a distance as people say it, null where it is not known. */
export function km(m) {
  if (m === null || m === undefined) return null;
  return m < 1000 ? `${written(m)} m` : `${written(m / 1000, 1)} km`;
}

/** Return a day of the athlete's own, "2026-03-01", in words. */
export function day(text, options = { weekday: "short", day: "numeric", month: "short" }) {
  return new Date(`${text}T12:00:00Z`).toLocaleDateString("en-GB", { ...options, timeZone: "UTC" });
}

/** Return bytes as people write them. */
export function bytes(n) {
  if (n < 1000) return `${n} B`;
  return n < 1e6 ? `${written(n / 1e3)} kB` : `${written(n / 1e6, 1)} MB`;
}
