// What each question looks like.

import type { Factor, Question, Reply } from '../authority/prompter.js';
import { element } from './dom.js';
import type { DialogTexts } from './texts.js';

export interface View {
  /** Between the notice and the buttons. */
  readonly body: readonly Node[];
  readonly actions: readonly HTMLButtonElement[];
  /** Where the person goes on. */
  readonly focus: HTMLElement;
  /** What the person typed, where they type. */
  readonly input?: HTMLInputElement;
}

/** Is told the reply. */
export type Answer = (reply: Reply) => void;

export function view(question: Question, texts: DialogTexts, answer: Answer): View {
  const cancel = button(texts.cancel, 'plain', () => answer({ do: 'cancel' }));
  cancel.value = 'cancel';
  const hasOthers = 'hasOthers' in question && question.hasOthers;
  const back = hasOthers ? [button(texts.back, 'plain', () => answer({ do: 'back' }))] : [];
  const go = (text: string) => submit(text);
  switch (question.kind) {
    case 'choose': {
      const methods = question.factors.map((factor) => method(factor, texts, answer));
      const items = methods.map((one) => element('li', {}, one));
      const body = [text(texts.choose), element('ul', { part: 'methods' }, ...items)];
      return { body, actions: [cancel], focus: methods[0] ?? cancel };
    }
    case 'code': {
      const { factor, isSent, notice } = question;
      const input = codeInput(factor, isSent);
      if (notice?.name === 'wrong-answer') {
        input.setAttribute('aria-invalid', 'true');
        input.setAttribute('aria-describedby', 'notice');
      }
      const label = element('label', { part: 'label' }, codeLabel(factor, isSent, texts), input);
      const resend = button(texts.resend, 'plain', () => answer({ do: 'resend' }));
      const more = [...(isSent ? [resend] : []), ...back];
      return { body: [label], actions: [go(texts.confirm), ...more, cancel], focus: input, input };
    }
    case 'passkey': {
      const primary = go(texts.continue);
      return { body: [text(texts.passkey)], actions: [primary, ...back, cancel], focus: primary };
    }
    case 'device': {
      const { number } = question;
      const shown = element('output', { part: 'number' }, number ?? '');
      const asks = number === undefined ? [] : [text(texts.number), shown];
      const actions = [...back, cancel];
      return { body: [text(texts.device), ...asks], actions, focus: actions[0]! };
    }
    case 'reach': {
      const primary = go(texts.retry);
      return { body: [text(texts.reach)], actions: [primary, cancel], focus: primary };
    }
  }
}

function text(said: string): HTMLElement {
  return element('p', { part: 'text' }, said);
}

function button(label: string, part: string, click: () => void): HTMLButtonElement {
  const created = element('button', { type: 'button', part: `button ${part}` }, label);
  created.addEventListener('click', click);
  return created;
}

function submit(label: string): HTMLButtonElement {
  return element('button', { type: 'submit', part: 'button primary' }, label);
}

function method(factor: Factor, texts: DialogTexts, answer: Answer): HTMLButtonElement {
  const name = texts.methods[factor.method] ?? factor.method;
  const created = button(name, 'method', () => answer({ do: 'choose', factor }));
  if (factor.hint !== '') {
    created.append(' ', element('span', { part: 'hint' }, factor.hint));
  }
  return created;
}

function codeLabel({ method, hint }: Factor, isSent: boolean, texts: DialogTexts): string {
  if (isSent) {
    return hint === '' ? texts.codeSent : texts.codeSentTo.replace('{hint}', hint);
  }
  return texts.codes[method] ?? texts.code;
}

function codeInput({ method }: Factor, isSent: boolean): HTMLInputElement {
  const isOfDigits = isSent || method === 'totp';
  return element('input', {
    part: 'input',
    name: 'code',
    required: '',
    maxlength: '64',
    autocomplete: isOfDigits ? 'one-time-code' : 'off',
    inputmode: isOfDigits ? 'numeric' : 'text',
    autocapitalize: isOfDigits ? 'off' : 'characters',
    spellcheck: 'false',
  });
}
