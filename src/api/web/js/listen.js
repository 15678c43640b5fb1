// The newest live snapshot of an athlete, for as long as a page is open.

import { of, socket } from "./api.js";

const AGAIN_MS = [500, 1000, 2000, 5000, 5000, 30_000]; // it may also not be shared with us
let current = null;

/** Call heard(snapshot) with each snapshot, lost() when the server is gone; one athlete at a time. */
export function listen(athlete, heard, lost = () => {}) {
  current?.();
  let ws, timer, tries = 0, over = false;
  const open = () => {
    ws = new WebSocket(socket(of(athlete, "live")));
    ws.onopen = () => { tries = 0; };
    ws.onmessage = (message) => heard(JSON.parse(message.data));
    ws.onclose = () => {
      if (over) return;
      lost();
      timer = setTimeout(open, AGAIN_MS[Math.min(tries++, AGAIN_MS.length - 1)]);
    };
  };
  open();
  current = () => {
    over = true;
    clearTimeout(timer);
    ws.close();
  };
  return current;
}
