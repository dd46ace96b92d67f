namespace Berth.Extensions.Hosting.Settings;

/// <summary>The paths of the settings in the configuration. Messages name them.</summary>
internal static class SettingsPaths
{
    /// <summary>The section of the directory, and of what all views have in common.</summary>
    public const string Root = "Berth";

    /// <summary>The section of the views.</summary>
    public const string Views = "Berth:Views";

    /// <summary>The section of a view.</summary>
    public static string OfView(string name) => $"{Views}:{name}";

    /// <summary>The section of a source.</summary>
    public static string OfSource(string name) => $"{Root}:{name}";
}
