export { StepUpDialog } from './element.js';
export type { DialogTexts } from './texts.js';
