using System.Text.Json;
using Berth.Cli.Hosting;
using Berth.Cli.Options;
using Berth.Cli.Output;

namespace Berth.Cli.Doctor;

/// <summary>Writes the results of all checks.</summary>
internal static class DoctorReport
{
    public static void Write(
        ServiceTarget target, string version, IReadOnlyList<CheckResult> results, OutputFormat format, ProgramHost host)
    {
        if (format == OutputFormat.Json)
        {
            host.Out.WriteLine(JsonText.Write(writer => WriteJson(writer, target, version, results)));
            return;
        }

        int width = results.Max(static result => result.Name.Length);
        foreach (CheckResult result in results)
        {
            // The message of a server may have several lines; a check has one.
            host.Out.WriteLine($"{WordOf(result.State),-7}  {result.Name.PadRight(width)}  {OneLine(result.What)}");
            if (result.Remedy is { } remedy)
                host.Out.WriteLine($"{new string(' ', width + 11)}Remedy: {remedy}");
        }
    }

    private static void WriteJson(Utf8JsonWriter writer, ServiceTarget target, string version, IReadOnlyList<CheckResult> results)
    {
        writer.WriteStartObject();
        writer.WriteString("target", target.ToString());
        writer.WriteString("berth", version);
        writer.WriteNumber("failed", results.Count(static result => result.State == CheckState.Failed));
        writer.WriteNumber("warnings", results.Count(static result => result.State == CheckState.Warning));
        writer.WriteStartArray("checks");
        foreach (CheckResult result in results)
        {
            writer.WriteStartObject();
            writer.WriteString("name", result.Name);
            writer.WriteString("state", WordOf(result.State));
            writer.WriteString("what", OneLine(result.What));
            writer.WriteString("remedy", result.Remedy);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static string WordOf(CheckState state) => state switch
    {
        CheckState.Ok => "ok",
        CheckState.Skipped => "skipped",
        CheckState.Warning => "warning",
        _ => "failed",
    };

    private static string OneLine(string text) =>
        string.Join(' ', text.Split(['\r', '\n'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
}
