import type { SettingsChange } from "../../shared/contract/settings";
import type { Failure } from "../../shared/result";
import { say } from "./announce";
import { request } from "./ops";
import { takeSettings } from "./store";

/**
 * Changes settings. What holds afterwards is what the main process answered.
 * @returns null when saved, else why not (also said aloud).
 */
export async function saveSettings(change: SettingsChange): Promise<Failure | null> {
  const answer = await request("settings/change", change);
  if (answer.ok) {
    takeSettings(answer.value);
    return null;
  }
  say(`Settings are as before. ${answer.error.code}: ${answer.error.message}`);
  return answer.error;
}
