namespace Berth.Cli.Options;

/// <summary>The options of <c>berth get address</c> that no other command has.</summary>
internal static class AddressSettings
{
    public static Setting<string?> EnvFile { get; } = new(
        "env-file", "PATH", "Also write POD_ADDRESS, POD_PORT and POD_AUTHORITY to this file, a NAME=VALUE on each line.",
        CommonParsers.Text, null);

    public static Setting<TimeSpan> Timeout { get; } = new(
        "timeout", "DURATION", "The time to wait until service A knows this pod. Default 1m.",
        Durations.AtLeast(TimeSpan.FromMilliseconds(1)), TimeSpan.FromMinutes(1));
}
