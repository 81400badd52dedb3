/**
 * Work that was handed in late, and what that costs.
 *
 * A day is late as soon as it has begun: a minute after the end is one day. The days that a student
 * may be late for nothing are taken off first. Each further day costs a share of the points that
 * the student has, never more than all of them.
 *
 * @module
 */

/** What the rule for one submission is, and when it came. Times in ISO 8601 and UTC. */
export interface Lateness {
  submitted: string;
  due: string;
  /** Days that cost nothing. */
  freeDays: number;
  /** Percent of the points that each further day costs. */
  percent: number;
}

const DAY_MS = 24 * 3600 * 1000;

/** How many days late a submission came; 0 if it was in time. */
export function daysLate({ submitted, due }: Pick<Lateness, "submitted" | "due">): number {
  return Math.max(0, Math.ceil((Date.parse(submitted) - Date.parse(due)) / DAY_MS));
}

/** The points that lateness costs somebody with a total, in hundredths. */
export function penaltyOf(lateness: Lateness, total: number): number {
  const days = Math.max(0, daysLate(lateness) - lateness.freeDays);
  const share = Math.min(1, days * lateness.percent / 100);
  return Math.round(100 * share * total) / 100;
}

/** What a student reads about it. */
export function latenessText(lateness: Lateness, penalty: number): string {
  const days = daysLate(lateness);
  const { freeDays, percent, submitted, due } = lateness;
  const utc = (text: string) => `${text.slice(0, 16).replace("T", " ")} UTC`;
  const came = `Handed in at ${utc(submitted)}, due at ${utc(due)}`;
  if (days === 0) return `${came}: in time.`;
  const late = `${came}: ${days} ${days === 1 ? "day" : "days"} late`;
  const used = Math.min(days, freeDays);
  const free = used > 0 ? `, ${used} of them free of a penalty` : "";
  if (days <= freeDays || percent === 0) return `${late}${free}.`;
  return `${late}${free}. Each other day costs ${percent}% of the points: −${penalty}.`;
}
