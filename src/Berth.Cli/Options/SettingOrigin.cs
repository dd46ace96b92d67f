namespace Berth.Cli.Options;

/// <summary>The origin of a value. The higher one has precedence.</summary>
internal enum SettingOrigin
{
    Nowhere = 0,
    File = 1,
    Environment = 2,
    CommandLine = 3,
}
