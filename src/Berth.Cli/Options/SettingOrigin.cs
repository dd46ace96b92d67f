namespace Berth.Cli.Options;

/// <summary>Where a value was given; the higher one wins.</summary>
internal enum SettingOrigin
{
    Nowhere = 0,
    File = 1,
    Environment = 2,
    CommandLine = 3,
}
