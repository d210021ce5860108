// How the bank writes money and time.

const MONEY = new Intl.NumberFormat('en-GB', { style: 'currency', currency: 'EUR' });
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const DATE = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' });
const TIME = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const SECOND = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

/** `2400.00` as €2,400.00. */
export function money(amount: string): string {
  return MONEY.format(Number(amount));
}

/** What a person types for an amount, such as `1,234.50` or `25,5`, as the API has it. */
export function amountOf(typed: string): string | undefined {
  const plain = typed.trim().replace(/^€\s*|\s*€$/g, '');
  const isGrouped = /^\d{1,3}(,\d{3})+(\.\d{1,2})?$/.test(plain);
  const number = isGrouped ? plain.replaceAll(',', '') : plain.replace(',', '.');
  const [, euros, cents = ''] = /^(\d{1,9})(?:\.(\d{1,2}))?$/.exec(number) ?? [];
  return euros === undefined ? undefined : `${Number(euros)}.${cents.padEnd(2, '0')}`;
}

/** `today, 09:41` */
export function moment(seconds: number): string {
  const at = new Date(seconds * 1000);
  const isToday = at.toDateString() === new Date().toDateString();
  return `${isToday ? 'today' : DAY.format(at)}, ${TIME.format(at)}`;
}

export function day(seconds: number): string {
  return DAY.format(seconds * 1000);
}

/** `22 Nov 2026`, for what is read long after. */
export function date(seconds: number): string {
  return DATE.format(seconds * 1000);
}

/** To the second. */
export function clock(milliseconds: number): string {
  return SECOND.format(milliseconds);
}

/** `2 min 05 s` */
export function span(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [minutes, rest] = [Math.floor(whole / 60), whole % 60];
  if (minutes >= 60) {
    return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
  }
  return minutes > 0 ? `${minutes} min ${String(rest).padStart(2, '0')} s` : `${rest} s`;
}

/** How long to wait, as one says it. */
export function wait(seconds: number): string {
  const count = seconds <= 90 ? seconds : Math.ceil(seconds / 60);
  const unit = seconds <= 90 ? 'second' : 'minute';
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
