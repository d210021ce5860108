import { Problem } from '../bank/api.js';
import { demo } from '../bank/demo.js';
import { METHODS } from '../bank/methods.js';
import { customer } from '../bank/money.js';
import { beside, element } from '../ui/dom.js';
import { field } from '../ui/field.js';
import { Mistake, form } from '../ui/form.js';
import { codeForm } from './code.js';
import { explain } from './enrolment.js';
import { type Steps, back, page } from './page.js';

/** A mailbox: send a code there, have it typed. */
export const email = page('email', async (steps) => {
  const { email: known } = await customer(steps.signal);
  const address = field({
    name: 'email',
    label: 'E-mail address',
    attributes: {
      type: 'email',
      autocomplete: 'email',
      maxlength: '254',
      value: known,
      title: 'Write an address such as name@example.com.',
    },
  });
  const start = form({
    fields: [address],
    submit: 'Send a code',
    busy: 'Sending …',
    actions: [back()],
    explain,
    async send() {
      const to = address.input.value.trim();
      try {
        const { id } = await steps.enrolment.begin({ email: to });
        confirm(steps, id, to);
      } catch (error) {
        // Its own sentence is for those who call the API.
        const isAbout = error instanceof Problem && error.name === 'unfit-details';
        throw isAbout ? new Mistake(address, address.input.title) : error;
      }
    },
  });
  steps.show(element('p', {}, METHODS['email']!.about), start);
});

function confirm(steps: Steps, id: string, to: string): void {
  const outbox = element('p', { hidden: '' }, beside('/demo/outbox', 'See it in the demo outbox'));
  void demo().then((told) => (outbox.hidden = !told?.outbox));
  steps.show(
    element('p', {}, 'A code is on its way to ', element('strong', {}, to), '.'),
    codeForm(steps, id, { label: 'The code in the mail', done: 'E-mail is set up.' }),
    outbox,
  );
}
