// Importing this makes `<step-up-dialog>` known to the page.

import { StepUpDialog } from './element.js';

// Two bundles of one page may both bring it.
if (customElements.get('step-up-dialog') === undefined) {
  customElements.define('step-up-dialog', StepUpDialog);
}

declare global {
  interface HTMLElementTagNameMap {
    'step-up-dialog': StepUpDialog;
  }
}
