// What of a program Windows has words for (platforms.md C.1, C.3, C.4): an executable's path, a
// service, a user by its security identifier. What it has none for is refused before anything is
// planned, and never left out: a condition less would open.
import type { LocalProgram, SliceEntry } from "../../compiler/plan/slice.ts";
import type { Beyond } from "../../compiler/plan/target.ts";

export interface ProcessWords {
  readonly program: string | undefined;
  readonly service: string | undefined;
  readonly user: string | undefined;
}

/** Of programs that one process can be at once. */
export function processWords(programs: readonly LocalProgram[]): ProcessWords {
  const wordOf = (field: "path" | "service") =>
    programs.flatMap(({ fields }) => fields.get(field) ?? [])[0];
  return {
    program: wordOf("path"),
    service: wordOf("service"),
    user: programs.flatMap(({ sid }) => sid ?? [])[0],
  };
}

/**
 * Why the entry cannot be said. A rule with a list of users and a service is refused by Windows, and
 * then not in force ([MS-FASP] 2.2.24, LOCAL_USER_LIST).
 */
export function unsayable({ ruleId, programs, notPrograms }: SliceEntry): Beyond | undefined {
  const { service: own, user: account } = processWords(programs);
  if (own !== undefined && account !== undefined) {
    return { why: "service-and-user", rule: ruleId, detail: "" };
  }
  for (const { fields, sid } of [...programs, ...notPrograms]) {
    const tag = fields.get("signer") ?? fields.get("sha256");
    if (tag !== undefined) return { why: "tag", rule: ruleId, detail: tag };
    const user = fields.get("user");
    if (user !== undefined && sid === undefined) {
      return { why: "no-sid", rule: ruleId, detail: user };
    }
    const path = fields.get("path");
    if (path !== undefined && !isProgramPath(path)) {
      return { why: "no-path", rule: ruleId, detail: path };
    }
    const service = fields.get("service");
    if (service !== undefined && !isServiceName(service)) {
      return { why: "no-service", rule: ruleId, detail: service };
    }
  }
  return undefined;
}

/**
 * Absolute, or `System` for the kernel. No file name of Windows holds the other characters, and the
 * grammar of rule strings has no escape for `|`.
 */
export function isProgramPath(text: string): boolean {
  if (text === "System") return true;
  if (text.length > 259 || !start.test(text)) return false;
  // `\\` and `.` within a path name the same file in another way, and a firewall compares texts.
  const isOneSpelling = !/.\\\\|\\\.{1,2}(?:\\|$)/.test(text);
  return (
    isOneSpelling &&
    !/[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}"*<>?|/]/u.test(text) &&
    !/.:.*:|[ .]$|^.+%.*%.*%|^[^%].*%.*%/.test(text)
  );
}

/** A drive, a share, or a folder that is the same for whoever asks: variables of a user are not. */
const start =
  /^(?:[A-Za-z]:\\|\\\\[^\\]|%(?:SystemRoot|windir|SystemDrive|ProgramFiles|ProgramFiles\(x86\)|ProgramW6432|CommonProgramFiles|CommonProgramFiles\(x86\)|ProgramData|ALLUSERSPROFILE)%\\)/i;

/** At most 256 characters, without slashes (CreateServiceW); `*` would be every service. */
export function isServiceName(text: string): boolean {
  // `*` and `Any` are every service.
  if (/^any$/i.test(text) || text.trim() !== text) return false;
  return /^[^\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}\\/|*"]{1,256}$/u.test(text);
}
