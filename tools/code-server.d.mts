// What the browser tests use of code-server.mjs.

export interface ServerFolders {
  readonly entry: string;
  readonly dataFolder: string;
  readonly extensionsFolder: string;
  readonly logFile: string;
}

export interface RunningServer {
  readonly url: string;
  readonly pid: number;
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

export function installCodeServer(log?: (line: string) => void): Promise<string>;
export function installExtension(options: ServerFolders & { vsix: string }): Promise<void>;
export function startCodeServer(
  options: ServerFolders & { port: number; gallery?: boolean },
): Promise<RunningServer>;
export function freePort(wanted?: number): Promise<number>;
