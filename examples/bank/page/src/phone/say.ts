import { byId } from '../ui/dom.js';

/** Says what was done. */
export function say(done: string): void {
  byId('said', 'p').textContent = done;
}
