using System.Diagnostics.CodeAnalysis;

namespace Berth.Extensions.Hosting.Settings;

/// <summary>The environment of the process. This package is the composition root of programs that use it; nothing else reads it.</summary>
internal static class HostEnvironment
{
    /// <summary>Returns a variable, or null when it is not set.</summary>
    [SuppressMessage("ApiDesign", "RS0030", Justification = "The composition root: everything below has the environment handed in.")]
    public static string? Read(string name) => Environment.GetEnvironmentVariable(name);
}
