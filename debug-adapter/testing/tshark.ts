/** Wireshark's opinion on a capture, where it is installed. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MUST_BE_INSTALLED } from "./installed.ts";

/** What a frame has that is wrong: it cannot be dissected, a checksum is bad, or an expert's warning or error stands at it. */
const WRONG = [
  "_ws.malformed",
  "ip.checksum.status == Bad",
  "udp.checksum.status == Bad",
  "icmp.checksum.status == Bad",
  "_ws.expert.severity >= 6291456",
].join(" || ");

const CHECKS = ["ip.check_checksum", "udp.check_checksum"].flatMap((name) => [
  "-o",
  `${name}:TRUE`,
]);

/**
 * The frames of a pcap file in which tshark finds something wrong, a line for each. Undefined where it is not installed, but in continuous
 * integration it must be.
 */
export function tsharkProblems(pcap: Uint8Array): readonly string[] | undefined {
  const folder = mkdtempSync(join(tmpdir(), "exoscope-tshark-"));
  try {
    const file = join(folder, "frames.pcap");
    writeFileSync(file, pcap);
    const { error, status, stdout, stderr } = spawnSync(
      "tshark",
      ["-n", "-r", file, ...CHECKS, "-Y", WRONG],
      { encoding: "utf8", timeout: 60_000 },
    );
    if (error !== undefined) {
      if (MUST_BE_INSTALLED) throw new Error(`tshark must be installed here: ${error.message}`);
      console.info("tshark is not installed: only our own dissector looked at the frames");
      return undefined;
    }
    if (status !== 0) throw new Error(`tshark ended with ${status}: ${stderr}`);
    console.info("tshark looked at the frames, as our own dissector did");
    return stdout.split("\n").filter(Boolean);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
