/**
 * Generators that were trained beforehand.
 *
 * @module
 */
export { loadPretrained, type Pretrained, type PretrainedRecord } from "./pretrained.ts";
export { PRETRAINED_NAMES, type PretrainedName } from "./pretrained_names.ts";
