export { StepUpDialog } from './element.js';
export type { DialogTexts, SomeTexts } from './texts.js';
