import type { Factor } from '../bank/factors.js';
import { isRefused } from '../bank/failures.js';
import { nameOf } from '../bank/methods.js';
import { button, element } from '../ui/dom.js';
import { form } from '../ui/form.js';
import { moment } from '../ui/format.js';
import { setUp } from './set-up.js';

/**
 * Asks whether it is meant, and stays until it is done or given up, or its page is left. Where
 * nobody knows whether it was done, `look` shows what there is.
 */
export function removal(
  factor: Factor,
  remove: () => Promise<void>,
  removed: () => void,
  look: () => void,
  signal: AbortSignal,
): void {
  const name = nameOf(factor.method);
  const title = element('h2', { id: 'removal' }, `Remove ${name}?`);
  const close = () => dialog.close();
  const keep = button('Keep it', close, { class: 'plain', autofocus: '' });
  const unsure = `We do not know whether ${name} is still there. Remove it again: that does no harm.`;
  /** It may be gone by now. */
  let isLost = false;
  let isSent = false;
  const created = form({
    submit: 'Remove',
    busy: 'Removing …',
    isDangerous: true,
    actions: [keep],
    explain(error) {
      isLost ||= !isRefused(error);
      isSent = false;
      if (!dialog.open) {
        left();
      }
      return setUp(error, isLost ? unsure : `${name} is still there.`, unsure);
    },
    async send() {
      isSent = true;
      await remove();
      isLost = false;
      close();
      removed();
    },
  });
  // Of two of a kind, which.
  const which = factor.hint === '' ? 'It' : `“${factor.hint}”`;
  const about = `${which} was set up ${moment(factor.enrolled_at)}, and will no longer confirm that it is you.`;
  const dialog = element(
    'dialog',
    { class: 'card ask', 'aria-labelledby': title.id },
    title,
    element('p', {}, about),
    created,
  );
  // The key that opened it may still be down.
  dialog.addEventListener('keydown', (event) => {
    if (event.repeat && (event.key === 'Enter' || event.key === ' ')) {
      event.preventDefault();
    }
  });
  // What is on its way is waited for.
  const left = () => isLost && !isSent && !signal.aborted && look();
  signal.addEventListener('abort', close);
  dialog.addEventListener('close', () => {
    signal.removeEventListener('abort', close);
    dialog.remove();
    left();
  });
  document.body.append(dialog);
  dialog.showModal();
}
