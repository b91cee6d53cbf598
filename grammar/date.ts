// Days of the Gregorian calendar, as `YYYY-MM-DD`.

const shape = /^\d{4}-\d{2}-\d{2}$/;

/** True for a day of the calendar, from year 1 on. */
export function isDate(text: string): boolean {
  if (!shape.test(text)) return false;
  const { year, month, day } = partsOf(text);
  return year >= 1 && day >= 1 && day <= daysIn(year, month);
}

/** The day so many days after another. */
export function daysAfter(text: string, days: number): string {
  const { year, month, day } = partsOf(text);
  return new Date(Date.UTC(year, month - 1, day + days)).toISOString().slice(0, 10);
}

function partsOf(text: string) {
  const year = Number(text.slice(0, 4));
  return { year, month: Number(text.slice(5, 7)), day: Number(text.slice(8)) };
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  if (month < 1 || month > 12) return 0;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
