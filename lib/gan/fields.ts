/**
 * Checks of plain data that come from outside: each names the field, the rule and the value found.
 *
 * @module
 */

/** Throws, with a rule and a value that breaks it. */
export type Refuse = (rule: string, value: unknown) => never;

/** A value as an error shows it: as JSON, but NaN, infinity and what is not data by name. */
export function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "number") return String(value);
  return JSON.stringify(value) ?? String(value);
}

/**
 * Checks that a value is a record with these fields and no others: a misspelt field would be
 * silently ignored.
 *
 * @param what Begins the rule.
 * @param known All names; those that end in `?` may be left out.
 */
export function checkFields(
  what: string,
  value: unknown,
  known: readonly string[],
  refuse: Refuse,
): void {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    refuse(`${what} must be an object`, value);
  }
  const record = value as Record<string, unknown>;
  const names = known.map((name) => name.replace("?", ""));
  for (const [name, found] of Object.entries(record)) {
    if (found !== undefined && !names.includes(name)) {
      refuse(`${what} must have no fields but ${names.join(", ")}`, name);
    }
  }
  const missing = known.find((name) => !name.endsWith("?") && record[name] === undefined);
  if (missing !== undefined) refuse(`${what} must have ${missing}`, undefined);
}

/** A rule for one value. */
export interface Rule {
  /** What a value must be, in words. */
  rule: string;
  /** Whether a value follows the rule. */
  holds: (value: unknown) => boolean;
}

export function integer(least: number, most = Infinity): Rule {
  return {
    rule: most === Infinity
      ? `an integer of at least ${least}`
      : `an integer from ${least} to ${most}`,
    holds: (value) =>
      Number.isSafeInteger(value) && value as number >= least && value as number <= most,
  };
}

/** A finite number from `least` to `most`; an end is included where its bracket is square. */
export function within(open: "[" | "(", least: number, most: number, close: "]" | ")"): Rule {
  return {
    rule: most === Infinity
      ? open === "[" ? `finite and at least ${least}` : `finite and greater than ${least}`
      : `in ${open}${least}, ${most}${close}`,
    holds: (value) =>
      typeof value === "number" && Number.isFinite(value) &&
      (open === "[" ? value >= least : value > least) &&
      (close === "]" ? value <= most : value < most),
  };
}

export function oneOf(choices: readonly string[]): Rule {
  const [last, ...others] = choices.toReversed();
  return {
    rule: `${others.toReversed().join(", ")} or ${last}`,
    holds: (value) => choices.includes(value as string),
  };
}

export const TRUE_OR_FALSE: Rule = {
  rule: "true or false",
  holds: (value) => typeof value === "boolean",
};

/** Checks fields by their rules; those that are undefined are left to `checkFields`. */
export function checkRules(
  record: object,
  rules: Readonly<Record<string, Rule>>,
  refuse: Refuse,
  of = "",
): void {
  for (const [name, { rule, holds }] of Object.entries(rules)) {
    const value = (record as Record<string, unknown>)[name];
    if (value !== undefined && !holds(value)) refuse(`${name}${of} must be ${rule}`, value);
  }
}
