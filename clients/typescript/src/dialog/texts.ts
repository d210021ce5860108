import type { Notice, NoticeName } from '../authority/prompter.js';

/** All that the dialog says. What is in braces is put in. */
export interface DialogTexts {
  title: string;
  choose: string;
  /** What each method is called; others by their own names. */
  methods: Readonly<Record<string, string>>;
  /** The label of a code that the person has, by method. */
  codes: Readonly<Record<string, string>>;
  code: string;
  /** The label of a code that was sent, `{hint}` saying where to. */
  codeSentTo: string;
  codeSent: string;
  passkey: string;
  /** `{method}` is what the method is called. */
  device: string;
  number: string;
  /** Of the step-up alone: whether the action was done may be in doubt by then. */
  reach: string;
  confirm: string;
  continue: string;
  retry: string;
  resend: string;
  back: string;
  cancel: string;
  busy: string;
  notices: Readonly<Record<NoticeName, string>>;
  /** `{count}` is a number. */
  attemptsLeft: string;
  lastAttempt: string;
  noAttemptsLeft: string;
  waitSeconds: string;
  waitMinutes: string;
}

/** Texts that take the place of some. */
export type SomeTexts = {
  readonly [Name in keyof DialogTexts]?: DialogTexts[Name] extends string
    ? string
    : Partial<DialogTexts[Name]>;
};

export const ENGLISH: DialogTexts = {
  title: 'Confirm that it is you',
  choose: 'How do you want to confirm it?',
  methods: {
    webauthn: 'Passkey or security key',
    push: 'Your phone',
    totp: 'Authenticator app',
    email: 'Code by e-mail',
    sms: 'Code by text message',
    recovery: 'Recovery code',
  },
  codes: {
    totp: 'The code that your authenticator app shows',
    recovery: 'One of your recovery codes',
  },
  code: 'Code',
  codeSentTo: 'The code that was sent to {hint}',
  codeSent: 'The code that was sent to you',
  passkey: 'Your browser will ask for your passkey or security key.',
  device: '{method} asks you now. This page waits for the answer.',
  number: 'Type or choose this number there:',
  reach: 'We could not check yet that it is you.',
  confirm: 'Confirm',
  continue: 'Continue',
  retry: 'Try again',
  resend: 'Send a new code',
  back: 'Another way',
  cancel: 'Cancel',
  busy: 'One moment …',
  notices: {
    'wrong-answer': 'That is not right.',
    'wrong-number': 'The number that was typed is not the one that was shown here.',
    'factor-locked': 'There were too many wrong answers.',
    'factor-disabled': 'This way is disabled. It has to be set up anew.',
    'too-many-messages': 'No more codes are sent for now.',
    'not-sent': 'This could not be sent.',
    'prompt-over': 'That took too long.',
    'passkey-failed': 'No passkey or security key answered.',
    'not-here': 'This way does not work here.',
    'begun-anew': 'This was open for too long, or was ended. Begin again.',
    unavailable: 'This does not work at the moment.',
    offline: 'There is no connection.',
  },
  attemptsLeft: 'You have {count} more attempts.',
  lastAttempt: 'You have one more attempt.',
  noAttemptsLeft: 'That was the last attempt. Begin again.',
  waitSeconds: 'Try again in {count} seconds.',
  waitMinutes: 'Try again in {count} minutes.',
};

/** What a notice says. */
export function spoken({ name, attemptsLeft, retryAfter }: Notice, texts: DialogTexts): string {
  const said = [texts.notices[name]];
  if (attemptsLeft !== undefined) {
    const { noAttemptsLeft, lastAttempt } = texts;
    said.push([noAttemptsLeft, lastAttempt][attemptsLeft] ?? put(texts.attemptsLeft, attemptsLeft));
  }
  if (retryAfter !== undefined) {
    const isShort = retryAfter <= 90;
    const count = isShort ? retryAfter : Math.ceil(retryAfter / 60);
    said.push(put(isShort ? texts.waitSeconds : texts.waitMinutes, count));
  }
  return said.join(' ');
}

/** What is left out stays as it is. */
export function merged(texts: DialogTexts, some: SomeTexts): DialogTexts {
  const { methods, codes, notices } = texts;
  return {
    ...texts,
    ...some,
    methods: { ...methods, ...some.methods } as DialogTexts['methods'],
    codes: { ...codes, ...some.codes } as DialogTexts['codes'],
    notices: { ...notices, ...some.notices },
  };
}

/** What a method is called. */
export function called(method: string, texts: DialogTexts): string {
  return texts.methods[method] ?? method;
}

function put(text: string, count: number): string {
  return text.replace('{count}', String(count));
}
