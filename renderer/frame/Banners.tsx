import { CircleAlert, Info } from "lucide-react";
import { useEffect, useState, type ReactNode } from "react";
import type { LinkView, ProcessView } from "../../shared/contract/snapshot";
import { Button, Problem } from "../design";
import { formatClock, formatDuration } from "../format/time";
import { say } from "../state/announce";
import { introduce } from "../state/connect";
import { request } from "../state/ops";
import { useFleet, useSettings } from "../state/store";
import { bannerOf } from "./notices";
import { RangeChip } from "./RangeChip";

/** Ticks come every 500 ms; without one for this long the picture is called frozen, ms. */
const STALLED_AFTER_MS = 2_500;

/** What stands between the operator and the truth, over every page; nothing when all is well. */
export function Banners(): ReactNode {
  const failure = useFleet((state) => state.failure);
  const link = useFleet((state) => state.fleet?.meta.link);
  const processes = useFleet((state) => state.fleet?.meta.processes);
  const journal = useFleet((state) => state.fleet?.meta.journal);
  return (
    <div className="banners">
      {failure === null ? null : (
        <Problem
          code={failure.code}
          sentence={failure.message}
          actions={
            <Button kind="outline" size="small" onPress={() => void introduce()}>
              Ask again
            </Button>
          }
        />
      )}
      <StalledBanner />
      {link === undefined ? null : <LinkBanners link={link} />}
      {journal === undefined || journal.state === "written" ? null : <Banner tone="medium">{journal.sentence}</Banner>}
      {processes?.map((process) => <ProcessBanner key={process.name} process={process} />)}
      <RangeChip />
    </div>
  );
}

function Banner(props: {
  readonly tone: "medium" | "none";
  readonly action?: ReactNode;
  readonly children: ReactNode;
}): ReactNode {
  const Icon = props.tone === "medium" ? CircleAlert : Info;
  return (
    <div className={`banner banner-${props.tone}`} role="status">
      <Icon size={16} strokeWidth={1.75} aria-hidden />
      <p>{props.children}</p>
      {props.action}
    </div>
  );
}

function LinkBanners({ link }: { readonly link: LinkView }): ReactNode {
  const { clock } = useSettings();
  const hasNodes = useFleet((state) => (state.fleet?.nodeIds.length ?? 0) > 0);
  // Before the first node the fleet page itself says that the link is starting.
  const isQuiet = link.state === "up" || (link.state === "starting" && !hasNodes);
  return (
    <>
      {isQuiet ? null : (
        <Banner
          tone={link.state === "starting" ? "none" : "medium"}
          action={link.state === "down" ? <RetryButton what="link" /> : undefined}
        >
          {link.sentence}
          {link.state === "starting" ? null : ` Data is frozen since ${formatClock(link.sinceMs, clock)}.`}
        </Banner>
      )}
      {link.notices
        .filter((notice) => bannerOf(notice) !== "none")
        .map((notice) => (
          <Banner key={`${notice.code} ${notice.message}`} tone={bannerOf(notice) === "warning" ? "medium" : "none"}>
            <code>{notice.code}</code>: {notice.message}
          </Banner>
        ))}
    </>
  );
}

function ProcessBanner({ process }: { readonly process: ProcessView }): ReactNode {
  const isLinkUp = useFleet((state) => state.fleet?.meta.link.state === "up");
  // While the link is not up its own banner says what its process does.
  if (process.name.startsWith("ros2") && !isLinkUp) return null;
  const isFirstStart = process.state === "starting" && process.restarts === 0;
  if (process.state === "up" || isFirstStart) return null;
  const canRetry = process.name === "inference" && (process.state === "down" || process.state === "backing-off");
  return (
    <Banner tone="medium" action={canRetry ? <RetryButton what="inference" /> : undefined}>
      {process.sentence}
    </Banner>
  );
}

function RetryButton({ what }: { readonly what: "link" | "inference" }): ReactNode {
  const retry = async (): Promise<void> => {
    const answer = what === "link" ? await request("link/retry", {}) : await request("process/retry", { name: what });
    if (!answer.ok) say(`${answer.error.code}: ${answer.error.message}`);
  };
  return (
    <Button kind="outline" size="small" onPress={() => void retry()}>
      Retry
    </Button>
  );
}

/** Says that ticks stopped coming, from the window's own clock: the engine cannot say it then. */
function StalledBanner(): ReactNode {
  const arrivedAtMs = useFleet((state) => state.arrivedAtMs);
  const atMs = useFleet((state) => state.fleet?.meta.atMs);
  const { clock } = useSettings();
  const [nowMs, setNowMs] = useState(() => performance.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(performance.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  if (arrivedAtMs === null || atMs === undefined) return null;
  const silentMs = nowMs - arrivedAtMs;
  if (silentMs < STALLED_AFTER_MS) return null;
  return (
    <Banner tone="medium">
      The engine has not ticked for {formatDuration(silentMs)}. What you see is from {formatClock(atMs, clock)}.
    </Banner>
  );
}
