using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;
using Berth.Cli.Hosting;
using Berth.Cli.Options;
using Berth.Cli.Output;

namespace Berth.Cli.Commands;

/// <summary><c>berth version</c>.</summary>
internal static class VersionCommand
{
    /// <summary>The version, such as <c>0.1.0</c>.</summary>
    public static string Version { get; } =
        typeof(VersionCommand)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    public static Command Create(ProgramHost host) =>
        new ExampleCommand("version", "Shows the version of berth and of its runtime.", "berth version", "berth version -o json")
            .Runs(host, [CommonSettings.Output], reader => Task.FromResult(Run(reader, host)));

    private static int Run(SettingsReader reader, ProgramHost host)
    {
        OutputFormat format = reader.Get(CommonSettings.Output);
        reader.ThrowIfFaulty();

        // Only a runtime with a just-in-time compiler has this list of assemblies.
        string compiled = AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") is null ? "native" : "jit";
        string text = $"berth {Version} ({RuntimeInformation.FrameworkDescription}, {compiled}, {RuntimeInformation.RuntimeIdentifier})";
        host.Out.WriteLine(format != OutputFormat.Json ? text : JsonText.Write(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("version", Version);
            writer.WriteString("runtime", RuntimeInformation.FrameworkDescription);
            writer.WriteString("compiled", compiled);
            writer.WriteString("platform", RuntimeInformation.RuntimeIdentifier);
            writer.WriteEndObject();
        }));
        return ExitCode.Ok;
    }
}
