// What the operating system says went wrong -> words for people.

const words: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EBUSY: "it is in use, or a mount point",
  EDQUOT: "the disk quota is used up",
  EEXIST: "it exists already",
  EFBIG: "the file would be too large",
  EIO: "the disk reports an error",
  EISDIR: "it is a directory",
  ELOOP: "its links lead in a circle",
  EMFILE: "too many open files",
  ENAMETOOLONG: "the name is too long",
  ENOENT: "there is no such file or folder",
  ENOSPC: "no space left on the disk",
  ENOTDIR: "a part of the path is not a folder",
  ENOTEMPTY: "the folder is not empty",
  EPERM: "the operation is not permitted",
  EROFS: "the file system is read-only",
  EXDEV: "it lies on another file system",
};

/** `ENOSPC`; undefined when this is no error of the operating system. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : undefined;
}

/** One line for people; an error that is not the system's is a bug and goes on. */
export function describeFault(error: unknown): string {
  const code = codeOf(error);
  if (code === undefined) throw new Error("bug in segc (host)", { cause: error });
  return words[code] ?? code;
}
