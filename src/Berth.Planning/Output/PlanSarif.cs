using System.Text.Json;

namespace Berth.Planning.Output;

/// <summary>
/// Writes the faults of a plan as SARIF 2.1.0 (<see href="https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html"/>), which code
/// hosts and editors show beside the lines.
/// </summary>
internal static class PlanSarif
{
    private const string Schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

    public static void Write(Utf8JsonWriter writer, PortPlan plan, string version)
    {
        writer.WriteStartObject();
        writer.WriteString("$schema", Schema);
        writer.WriteString("version", "2.1.0");
        writer.WriteStartArray("runs");
        writer.WriteStartObject();
        WriteTool(writer, version);
        WriteInvocation(writer, plan);
        writer.WriteStartArray("results");
        foreach (PlanFault fault in plan.Faults)
            WriteResult(writer, fault);
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteTool(Utf8JsonWriter writer, string version)
    {
        writer.WriteStartObject("tool");
        writer.WriteStartObject("driver");
        writer.WriteString("name", "berth plan");
        writer.WriteString("version", version);
        writer.WriteStartArray("rules");
        foreach (PlanRule rule in PlanRule.All)
        {
            writer.WriteStartObject();
            writer.WriteString("id", rule.Id);
            WriteText(writer, "shortDescription", rule.Title + ".");
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteInvocation(Utf8JsonWriter writer, PortPlan plan)
    {
        writer.WriteStartArray("invocations");
        writer.WriteStartObject();
        writer.WriteBoolean("executionSuccessful", plan.Unread.Count == 0);
        writer.WriteStartArray("toolExecutionNotifications");
        foreach (string sentence in plan.Unread)
        {
            writer.WriteStartObject();
            writer.WriteString("level", "error");
            WriteText(writer, "message", sentence);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private static void WriteResult(Utf8JsonWriter writer, PlanFault fault)
    {
        writer.WriteStartObject();
        writer.WriteString("ruleId", fault.Rule.Id);
        writer.WriteNumber("ruleIndex", IndexOf(fault.Rule));
        writer.WriteString("level", PlanJson.WordOf(fault.Level));
        WriteText(writer, "message", $"{fault.Subject}: {fault.What} {fault.Why} {fault.Remedy}");
        writer.WriteStartArray("locations");
        WriteLocation(writer, fault.Location, fault.Subject);
        writer.WriteEndArray();
        if (fault.Related is { } related)
        {
            writer.WriteStartArray("relatedLocations");
            WriteLocation(writer, related, null);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static void WriteLocation(Utf8JsonWriter writer, PlanLocation location, string? subject)
    {
        writer.WriteStartObject();
        // An object of a cluster has no file.
        if (location.Line > 0)
        {
            writer.WriteStartObject("physicalLocation");
            writer.WriteStartObject("artifactLocation");
            writer.WriteString("uri", string.Join('/', location.File.Replace('\\', '/').Split('/').Select(Uri.EscapeDataString)));
            writer.WriteEndObject();
            writer.WriteStartObject("region");
            writer.WriteNumber("startLine", location.Line);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        if (subject is not null)
        {
            writer.WriteStartArray("logicalLocations");
            writer.WriteStartObject();
            writer.WriteString("fullyQualifiedName", subject);
            writer.WriteString("kind", "resource");
            writer.WriteEndObject();
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static int IndexOf(PlanRule rule)
    {
        for (int i = 0; i < PlanRule.All.Count; i++)
        {
            if (PlanRule.All[i] == rule)
                return i;
        }

        return -1;
    }

    private static void WriteText(Utf8JsonWriter writer, string name, string text)
    {
        writer.WriteStartObject(name);
        writer.WriteString("text", text);
        writer.WriteEndObject();
    }
}
