/**
 * Which of people's decisions count.
 *
 * Of each grader the latest decision about an answer stands, and `by_hand.csv` is one grader more.
 * A decision that a standing one overrules does not count. If those that are left give the same
 * points, these count; otherwise the answer is in dispute and stays open until somebody who has
 * seen both decides. A decision about a written answer belongs to that answer; one about a check
 * outlives every run, and if what it was made for has changed since, that is told.
 *
 * @module
 */
import { BY_HAND, type HandMark, type HandMarks } from "./by_hand.ts";
import { type ClassResults } from "./class_results.ts";
import {
  type Decision,
  decisionId,
  type Decisions,
  type KnownDecision,
  MARKS,
} from "./decisions.ts";
import { type Mark } from "./grade.ts";
import { answerId } from "./hand_answers.ts";
import { type Item } from "./assignment.ts";

/** What people's decisions about one item of one student come to. */
export interface HandStanding {
  /** What counts; undefined where nothing was decided, or in dispute. */
  points?: number;
  comment: string;
  /** Why it counts in place of what is usual; empty for an ordinary mark. */
  reason: string;
  /** Who gave it. */
  graders: string[];
  /** The decisions that contradict each other; fewer than two if none do. */
  dispute: KnownDecision[];
  /** Those without a reason that give more points than the item has, or points to a check. */
  invalid: KnownDecision[];
  /** All about this answer, the oldest first, those of `by_hand.csv` included. */
  history: KnownDecision[];
  /** Those about an earlier answer. */
  earlier: KnownDecision[];
}

/** The keys are student and item, with a line break between them. */
export type Standings = Map<string, HandStanding>;

/** The key of a mark. */
export function markKey(student: string, item: string): string {
  return `${student}\n${item}`;
}

/** What the decisions are about. */
export interface DecidedClass {
  class_: ClassResults;
  items: Pick<Item, "id" | "points" | "kind">[];
  /** What `by_hand.csv` says. */
  byHand: HandMarks;
}

/** Finds what counts, and what is to be told about it; only marks that people have seen are held. */
export async function standingsOf(
  { all, told: read }: Decisions,
  { class_, items, byHand }: DecidedClass,
): Promise<{ standings: Standings; told: string[] }> {
  const standings: Standings = new Map();
  const told = [...read];
  const byKey = Map.groupBy(all, ({ student, item }) => markKey(student, item));
  const strangers = new Map(byKey);
  const graded = new Set<string>();
  const decided = new Set(all.map(({ student }) => student));
  for (const student of class_.students) {
    const isMeant = decided.has(student) ||
      byHand.size > 0 && items.some(({ id }) => byHand.has(markKey(student, id)));
    const grading = isMeant ? await class_.grading(student) : undefined;
    if (!grading) continue;
    graded.add(student);
    for (const mark of grading.marks) {
      const key = markKey(student, mark.id);
      strangers.delete(key);
      const standing = standingFor(student, mark, {
        decisions: byKey.get(key) ?? [],
        hand: byHand.get(key),
        most: items.find(({ id }) => id === mark.id)!.points,
      });
      if (!standing) continue;
      standings.set(key, standing);
      told.push(...remarks(student, mark, standing, class_.facts(student)?.digest));
    }
  }
  for (const [key, decisions] of strangers) {
    const [student, item] = key.split("\n");
    const why = !graded.has(student)
      ? `no submission that was graded is called ${student}`
      : `this assignment has no item called ${item}`;
    const of = decisions.map(({ grader }) => grader);
    told.push(
      `${MARKS}: what ${
        [...new Set(of)].join(" and ")
      } decided about ${student}, ${item}, is kept and counts for nobody: ${why}`,
    );
  }
  return { standings, told };
}

/** What people have said about one mark. */
export interface SaidOfMark {
  /** The oldest first. */
  decisions: KnownDecision[];
  /** What `by_hand.csv` says. */
  hand?: HandMark;
  /** The item's points. */
  most: number;
}

/** What people's decisions about a mark come to; undefined if there are none. */
export function standingFor(
  student: string,
  mark: Mark,
  { decisions, hand, most }: SaidOfMark,
): HandStanding | undefined {
  const answer = answerOf(student, mark);
  const sheet = sheetDecision(student, mark, hand);
  const history = [...decisions.filter((each) => each.answer === answer), ...sheet];
  const earlier = decisions.filter((each) => each.answer !== answer);
  if (history.length + earlier.length === 0) return undefined;
  return standingOf(history, earlier, mark, most);
}

/** The `answer_id` of a mark that is given by hand; empty for another one. */
export function answerOf(student: string, mark: Mark): string {
  return mark.outcome === "by hand" ? answerId(student, mark.id, mark) : "";
}

/** The points of the sheet as a decision. */
function sheetDecision(student: string, { id: item }: Mark, hand?: HandMark): KnownDecision[] {
  if (hand?.points === undefined) return [];
  const { points, comment, answer } = hand;
  const decision: Decision = {
    at: "",
    grader: BY_HAND,
    ...{ student, item, answer, points, comment },
    reason: "",
    submission: "",
    over: [],
  };
  return [{ ...decision, id: decisionId(decision) }];
}

function standingOf(
  history: KnownDecision[],
  earlier: KnownDecision[],
  mark: Mark,
  most: number,
): HandStanding {
  const given = [...new Map(history.map((each) => [each.grader, each])).values()]
    .filter(({ points }) => points !== null);
  // A check's points, and more than an item has, need a reason.
  const latest = given.filter(({ points, reason }) =>
    reason !== "" || mark.outcome === "by hand" && points! <= most
  );
  const over = new Set(latest.flatMap((each) => each.over));
  const left = latest.filter(({ id }) => !over.has(id));
  const agreed = new Set(left.map(({ points }) => points)).size === 1;
  const joined = (texts: string[]) =>
    [...new Set(texts.filter((text) => text.trim() !== ""))].join("\n");
  return {
    ...agreed ? { points: left[0].points! } : {},
    comment: agreed ? joined(left.map(({ comment }) => comment)) : "",
    reason: agreed ? joined(left.map(({ reason }) => reason)) : "",
    graders: left.map(({ grader }) => grader).sort(),
    dispute: agreed ? [] : left,
    invalid: given.filter((each) => !latest.includes(each)),
    history,
    earlier,
  };
}

/** A short account of what people have decided, for a table: "8 by ben". */
export function standingText({ points, graders, dispute }: HandStanding): string {
  if (dispute.length > 1) {
    return `in dispute: ${
      dispute.map(({ grader, points }) => `${points} by ${grader}`).join(", ")
    }`;
  }
  return points === undefined ? "" : `${points} by ${graders.join(" and ")}`;
}

/** What the person who grades by hand should know. */
function remarks(
  student: string,
  { id: item, outcome }: Mark,
  standing: HandStanding,
  submission?: string,
): string[] {
  const { dispute, points, history, earlier, reason, graders } = standing;
  const told = standing.invalid.map(({ grader, points }) =>
    `${student}, ${item}: the ${points} points by ${grader} do not count: more than the item has, or points for a check, must have a reason`
  );
  if (dispute.length > 1) told.push(`${student}, ${item}: ${standingText(standing)}`);
  const last = earlier.findLast((each) => each.points !== null);
  if (history.length === 0 && last) {
    told.push(
      `${student}, ${item}: another answer than the one that ${last.grader} gave ${last.points} points, which count no longer`,
    );
  }
  const made = history.findLast(({ grader }) => graders.includes(grader));
  const isOld = made && submission && made.submission !== "" && made.submission !== submission;
  if (points !== undefined && reason !== "" && outcome !== "by hand" && isOld) {
    told.push(
      `${student}, ${item}: ${
        standingText(standing)
      } still count, and the submission has changed since`,
    );
  }
  return told;
}
