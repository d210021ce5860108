import { Problem } from '../bank/api.js';
import type { Child } from '../ui/dom.js';
import { field } from '../ui/field.js';
import { Mistake, form } from '../ui/form.js';
import { explain } from './enrolment.js';
import { type Steps, back } from './page.js';

/** The step in which a code shows that it works. */
export function codeForm(
  steps: Steps,
  id: string,
  { label, done, more = [] }: { label: string; done: string; more?: readonly Child[] },
): HTMLFormElement {
  const code = field({
    name: 'code',
    label,
    attributes: {
      autocomplete: 'one-time-code',
      inputmode: 'numeric',
      maxlength: '16',
      class: 'code-input',
    },
  });
  return form({
    fields: [code],
    more,
    submit: 'Confirm',
    busy: 'Confirming …',
    actions: [back()],
    explain,
    async send() {
      try {
        await steps.enrolment.finish(id, { code: code.input.value.replace(/[\s-]/g, '') });
      } catch (error) {
        throw wrong(error) ? new Mistake(code, said(error)) : error;
      }
      steps.done(done);
    },
  });
}

function wrong(error: unknown): error is Problem {
  return error instanceof Problem && /^(wrong|malformed)-answer$/.test(error.name);
}

function said({ attemptsLeft }: Problem): string {
  const left = attemptsLeft === undefined ? '' : ` You have ${attemptsLeft} more attempts.`;
  return `That is not the code.${attemptsLeft === 1 ? ' You have one more attempt.' : left}`;
}
