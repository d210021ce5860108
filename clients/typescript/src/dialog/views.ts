// What each question looks like.

import type { Factor, Question, Reply } from '../authority/prompter.js';
import { element } from './dom.js';
import { type DialogTexts, called } from './texts.js';

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
      // By itself a list without bullets is none to some readers.
      const list = { part: 'methods', role: 'list', 'aria-labelledby': 'said' };
      const body = [text(texts.choose), element('ul', list, ...items)];
      return { body, actions: [cancel], focus: methods[0] ?? cancel };
    }
    case 'code': {
      const { factor, isSent, notice } = question;
      const input = codeInput(factor, isSent);
      if (notice?.name === 'wrong-answer') {
        input.setAttribute('aria-invalid', 'true');
      }
      const name = element('span', {}, ...codeLabel(factor, isSent, texts));
      const label = element('label', { part: 'label' }, name, input);
      const resend = button(texts.resend, 'plain resend', () => answer({ do: 'resend' }));
      const more = [...(isSent ? [resend] : []), ...back];
      return { body: [label], actions: [go(texts.confirm), ...more, cancel], focus: input, input };
    }
    case 'passkey': {
      const primary = described(go(texts.continue));
      return { body: [text(texts.passkey)], actions: [primary, ...back, cancel], focus: primary };
    }
    case 'device': {
      const { factor, number } = question;
      const asksNow = texts.device.replace('{method}', () => called(factor.method, texts));
      const spelled = { id: 'number', part: 'number', 'aria-label': [...(number ?? '')].join(' ') };
      const shown = element('output', spelled, number ?? '');
      const asks = number === undefined ? [] : [text(texts.number, 'type'), shown];
      const labels = number === undefined ? 'said' : 'said type number';
      // It has the focus, so that it is read.
      const group = { part: 'device', role: 'group', tabindex: '-1', 'aria-labelledby': labels };
      const told = element('div', group, text(asksNow), ...asks);
      return { body: [told], actions: [...back, cancel], focus: told };
    }
    case 'reach': {
      const primary = described(go(texts.retry));
      return { body: [text(texts.reach)], actions: [primary, cancel], focus: primary };
    }
  }
}

function text(said: string, id = 'said'): HTMLElement {
  return element('p', { part: 'text', id }, said);
}

/** By the text that stands above it. */
function described(button: HTMLButtonElement): HTMLButtonElement {
  button.setAttribute('aria-describedby', 'said');
  return button;
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
  const created = button(called(factor.method, texts), 'method', () => answer({ do: 'choose', factor }));
  if (factor.hint !== '') {
    created.append(' ', element('bdi', { part: 'hint' }, factor.hint));
  }
  return created;
}

/** What the field is called; a hint keeps its own direction. */
function codeLabel({ method, hint }: Factor, isSent: boolean, texts: DialogTexts): (Node | string)[] {
  if (!isSent) {
    return [texts.codes[method] ?? texts.code];
  }
  const [before = '', after] = texts.codeSentTo.split('{hint}');
  const isNamed = hint !== '' && after !== undefined;
  return isNamed ? [before, element('bdi', { part: 'hint' }, hint), after] : [texts.codeSent];
}

function codeInput({ method }: Factor, isSent: boolean): HTMLInputElement {
  const isOfDigits = isSent || method === 'totp';
  return element('input', {
    part: 'input',
    name: 'code',
    required: '',
    maxlength: '64',
    dir: 'ltr',
    autocomplete: isOfDigits ? 'one-time-code' : 'off',
    inputmode: isOfDigits ? 'numeric' : 'text',
    autocapitalize: isOfDigits ? 'off' : 'characters',
    spellcheck: 'false',
  });
}
