/**
 * The names that learning platforms give to what students hand in, in the archive that an
 * instructor downloads.
 *
 * - Moodle, a folder for each student: `Ada Lovelace_12345_assignsubmission_file/a1.ipynb`, up to
 *   Moodle 4.0 with a `_` at the folder's end; without folders: `Ada
 *   Lovelace_12345_assignsubmission_file_a1.ipynb`. A text that was typed into the platform:
 *   `…_assignsubmission_onlinetext/onlinetext.html`. The number is that of the participant in this
 *   one assignment; a group has its name and number.
 * - Canvas, files only: `lovelaceada_12345_678901_a1.ipynb`, the numbers of the user and of the
 *   file; with `_LATE` after the name where it was late, and `-1` at the end for the second file of
 *   a name; anonymous: `anon_x7Q2p_678901_a1.ipynb`.
 *
 * Source: Moodle's mod/assign/classes/downloader.php, https://github.com/moodle/moodle; the archives
 * of Canvas.
 *
 * @module
 */

/** What a name says. */
export interface PlatformName {
  /** What tells a student from all others. */
  student: string;
  /** False for a text that was typed into the platform. */
  isFile: boolean;
  /** The file's own name; empty for a folder. */
  name: string;
}

/** What a name at the top of a download says; undefined for one that no platform gives. */
export function platformName(name: string): PlatformName | undefined {
  const moodle = name.match(/^(.+?)_assignsubmission_([a-z0-9]+)(?:_(.*))?$/);
  if (moodle) {
    const [, student, plugin, own = ""] = moodle;
    return { student, isFile: plugin === "file", name: own };
  }
  const canvas = name.match(
    /^(anon_[^_]+|.+?_(?:LATE_)?\d+)_(\d{2,}_|(?=(?:link|text)\.html$))(.+)$/,
  );
  if (canvas) {
    const [, student, file, own] = canvas;
    return {
      student: student.replace(/_LATE(?=_\d+$)/, ""),
      isFile: file !== "",
      name: own.replace(/-(?:\d+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?=\.\w+$)/i, ""),
    };
  }
  return undefined;
}
