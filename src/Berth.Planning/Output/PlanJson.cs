using System.Text.Json;

namespace Berth.Planning.Output;

/// <summary>Writes the faults of a plan as JSON.</summary>
internal static class PlanJson
{
    public static void Write(Utf8JsonWriter writer, PortPlan plan)
    {
        writer.WriteStartObject();
        writer.WriteNumber("objects", plan.Objects);
        writer.WriteNumber("errors", plan.Count(PlanLevel.Error));
        writer.WriteNumber("warnings", plan.Count(PlanLevel.Warning));
        writer.WriteStartArray("faults");
        foreach (PlanFault fault in plan.Faults)
            Write(writer, fault);
        writer.WriteEndArray();
        writer.WriteStartArray("unread");
        foreach (string sentence in plan.Unread)
            writer.WriteStringValue(sentence);
        writer.WriteEndArray();
        WriteRanges(writer, plan);
        writer.WriteEndObject();
    }

    /// <summary>Writes the member <c>ranges</c>.</summary>
    public static void WriteRanges(Utf8JsonWriter writer, PortPlan plan)
    {
        writer.WriteStartArray("ranges");
        foreach (PlannedRange range in plan.Ranges)
        {
            writer.WriteStartObject();
            writer.WriteString("subject", range.Subject);
            writer.WriteString("name", range.Name);
            writer.WriteNumber("first", range.First);
            writer.WriteNumber("last", range.Last);
            writer.WriteNumber("stride", range.Stride);
            writer.WriteNumber("pods", range.Pods);
            writer.WriteString("protocol", range.Protocol);
            writer.WriteString("source", range.Source);
            if (range.Headroom is { } headroom)
                writer.WriteNumber("headroom", headroom);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, PlanFault fault)
    {
        writer.WriteStartObject();
        writer.WriteString("rule", fault.Rule.Id);
        writer.WriteString("level", WordOf(fault.Level));
        writer.WriteString("subject", fault.Subject);
        writer.WriteString("file", fault.Location.File);
        if (fault.Location.Line > 0)
            writer.WriteNumber("line", fault.Location.Line);
        writer.WriteString("what", fault.What);
        writer.WriteString("why", fault.Why);
        writer.WriteString("remedy", fault.Remedy);
        if (fault.Related is { } related)
        {
            writer.WriteStartObject("related");
            writer.WriteString("file", related.File);
            if (related.Line > 0)
                writer.WriteNumber("line", related.Line);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    /// <summary>The word of a level. It is that of SARIF too.</summary>
    public static string WordOf(PlanLevel level) => level switch
    {
        PlanLevel.Error => "error",
        PlanLevel.Warning => "warning",
        _ => "note",
    };
}
