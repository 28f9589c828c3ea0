import type { RosRecord } from "./ros-folder";

/** Environment variables by name, as `process.env` has them. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** ROS_AUTOMATIC_DISCOVERY_RANGE of Jazzy and later. */
export const DISCOVERY_RANGES = ["LOCALHOST", "SUBNET", "OFF", "SYSTEM_DEFAULT"] as const;

/** The greatest ROS_DOMAIN_ID that leaves room for the ports of its participants on Linux (docs.ros.org, "The ROS_DOMAIN_ID"). */
export const MAX_DOMAIN_ID = 232;

/** The middleware of the private ROS 2, its only one. */
const PRIVATE_RMW = "rmw_fastrtps_cpp";

/**
 * What the operator's environment may decide about the middleware. Everything else of it stays out of the
 * process that speaks ROS 2.
 */
const HANDED_ON = [
  "CYCLONEDDS_URI",
  "FASTDDS_BUILTIN_TRANSPORTS",
  "FASTDDS_DEFAULT_PROFILES_FILE",
  "FASTRTPS_DEFAULT_PROFILES_FILE",
  "RMW_FASTRTPS_USE_QOS_FROM_XML",
  "ROS_AUTOMATIC_DISCOVERY_RANGE",
  "ROS_DISCOVERY_SERVER",
  "ROS_DOMAIN_ID",
  "ROS_LOCALHOST_ONLY",
  "ROS_LOG_DIR",
  "ROS_SECURITY_ENABLE",
  "ROS_SECURITY_ENCLAVE_OVERRIDE",
  "ROS_SECURITY_KEYSTORE",
  "ROS_SECURITY_STRATEGY",
  "ROS_STATIC_PEERS",
] as const;

/** What was decided here about the graph; null leaves it to the environment. */
export interface GraphChoice {
  readonly domainId: number | null;
  readonly discoveryRange: (typeof DISCOVERY_RANGES)[number] | null;
}

/** The domain that a process of this environment joins; ROS's own default is 0. */
export function domainIdOf(environment: Variables): number {
  const text = environment["ROS_DOMAIN_ID"] ?? "";
  return /^\d+$/.test(text) && Number(text) <= MAX_DOMAIN_ID ? Number(text) : 0;
}

/** The discovery range in force, as Jazzy reads it. */
export function discoveryRangeOf(environment: Variables): string {
  return environment["ROS_AUTOMATIC_DISCOVERY_RANGE"] ?? "SUBNET";
}

/** Where Fast DDS is told of a file of profiles, before version 3 and since. */
const PROFILES = ["FASTRTPS_DEFAULT_PROFILES_FILE", "FASTDDS_DEFAULT_PROFILES_FILE"];

/**
 * How Fast DDS looks for others. Its defaults announce a participant five times in half a second and then
 * every 3 s: a host that was restarted and whose first words got lost would be deaf for that long. And one
 * that was killed would stay in the graph for 20 s.
 */
export const DISCOVERY_PROFILE = `<?xml version="1.0" encoding="UTF-8"?>
<dds xmlns="http://www.eprosima.com/XMLSchemas/fastRTPS_Profiles">
  <profiles>
    <participant profile_name="lydlr_ops" is_default_profile="true">
      <rtps>
        <builtin>
          <discovery_config>
            <initialAnnouncements>
              <count>20</count>
              <period><sec>0</sec><nanosec>100000000</nanosec></period>
            </initialAnnouncements>
            <leaseAnnouncement><sec>1</sec><nanosec>0</nanosec></leaseAnnouncement>
            <leaseDuration><sec>5</sec><nanosec>0</nanosec></leaseDuration>
          </discovery_config>
        </builtin>
      </rtps>
    </participant>
  </profiles>
</dds>
`;

/**
 * The variables that the process which speaks ROS 2 is given, over what every child inherits.
 * @param discovery The file with {@link DISCOVERY_PROFILE}; profiles of the operator's own win over it.
 */
export function rosEnvironment(
  record: RosRecord,
  discovery: string,
  environment: Variables,
  choice: GraphChoice,
): Record<string, string> {
  const given: Record<string, string> = {
    ROS_DISTRO: record.distro,
    ROS_VERSION: "2",
    AMENT_PREFIX_PATH: record.amentPrefixPath,
    LD_LIBRARY_PATH: record.libraryPath,
  };
  for (const name of HANDED_ON) {
    const value = environment[name];
    if (value !== undefined) given[name] = value;
  }
  if (!PROFILES.some((name) => name in given)) for (const name of PROFILES) given[name] = discovery;
  const rmw = record.source === "private" ? PRIVATE_RMW : environment["RMW_IMPLEMENTATION"];
  if (rmw !== undefined) given["RMW_IMPLEMENTATION"] = rmw;
  given["ROS_DOMAIN_ID"] = String(choice.domainId ?? domainIdOf(environment));
  if (choice.discoveryRange !== null) given["ROS_AUTOMATIC_DISCOVERY_RANGE"] = choice.discoveryRange;
  return given;
}
