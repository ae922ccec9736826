import { extname } from 'node:path';
import type { SharedFile } from './message.ts';

const types: Readonly<Record<string, string>> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.gif': 'image/gif',
  '.txt': 'text/plain; charset=utf-8',
  '.csv': 'text/csv; charset=utf-8',
  '.json': 'application/json',
};

/** Uploaded files, in memory: announced with a name, then filled, then shared. */
export class FileCabinet {
  readonly #files = new Map<string, { readonly name: string; content: Buffer | undefined }>();

  announce(id: string, name: string): void {
    this.#files.set(id, { name, content: undefined });
  }

  /** False: no such file was announced. */
  fill(id: string, content: Buffer): boolean {
    const file = this.#files.get(id);
    if (file) file.content = content;
    return file !== undefined;
  }

  read(id: string): { readonly mimetype: string; readonly content: Buffer } | undefined {
    const file = this.#files.get(id);
    return file?.content && { mimetype: mimetype(file.name), content: file.content };
  }

  /** The file as messages carry it; undefined until its content has come. */
  describe(id: string, title: string | undefined): SharedFile | undefined {
    const file = this.#files.get(id);
    if (!file?.content) return undefined;
    return {
      id,
      name: file.name,
      title: title || file.name,
      mimetype: mimetype(file.name),
      size: file.content.length,
      url_private: `/files/${id}`,
    };
  }
}

function mimetype(name: string): string {
  return types[extname(name).toLowerCase()] ?? 'application/octet-stream';
}
