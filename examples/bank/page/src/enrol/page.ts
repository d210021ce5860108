// What the pages that set up a way to confirm have in common.

import { nameOf } from '../bank/methods.js';
import { type Shown, type View, goOn } from '../router.js';
import { type Child, element } from '../ui/dom.js';
import { form } from '../ui/form.js';
import { Enrolment, explain } from './enrolment.js';

export interface Steps extends Shown {
  readonly enrolment: Enrolment;
  /** Shows the next step in place of the last. */
  show(...step: readonly Child[]): void;
  /** It is set up. */
  done(sentence: string): void;
}

/** A page that goes through steps, the first of which is drawn by `begin`. */
export function page(method: string, begin: (steps: Steps) => Promise<void> | void): View {
  const name = nameOf(method);
  return {
    title: name,
    part: '/security',
    async show(shown: Shown) {
      const step = element('div', { class: 'step' });
      const heading = element('h1', {}, name);
      const first = (selector: string) => step.querySelector<HTMLElement>(selector);
      const steps: Steps = {
        ...shown,
        enrolment: new Enrolment(method, shown.signal),
        show(...drawn) {
          const isNext = step.hasChildNodes();
          step.replaceChildren(...drawn);
          if (isNext) {
            (first('[tabindex]') ?? first('input') ?? first('button, a') ?? heading).focus();
          }
        },
        done: (said) => goOn('/security', said),
      };
      await begin(steps);
      return element('section', { class: 'card narrow' }, heading, step);
    },
  };
}

export const back = () => element('a', { class: 'plain', href: '#/security' }, 'Not now');

/** A step that begins the enrolment: here the customer may have to confirm who they are. */
export function beginning(
  submit: string,
  send: () => Promise<void>,
  said: (error: unknown) => Child = explain,
): HTMLFormElement {
  return form({ submit, busy: 'One moment …', actions: [back()], explain: said, send });
}
