/**
 * Generators that were trained beforehand.
 *
 * @module
 */
export {
  loadPretrained,
  type Pretrained,
  PRETRAINED_NAMES,
  type PretrainedName,
  type PretrainedRecord,
} from "./pretrained.ts";
