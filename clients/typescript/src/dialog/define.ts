// Importing this makes `<step-up-dialog>` known to the page.

import { StepUpDialog } from './element.js';

customElements.define('step-up-dialog', StepUpDialog);

declare global {
  interface HTMLElementTagNameMap {
    'step-up-dialog': StepUpDialog;
  }
}
