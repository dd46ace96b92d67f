using System.Text.Json;
using Berth.Writing;

namespace Berth.Dispatcher.Json;

/// <summary>The members at the start of every answer about a target: those that change with time or with a failure of the source.</summary>
internal static class SnapshotHead
{
    /// <summary>Writes the members, without the object around them.</summary>
    public static void Write(Utf8JsonWriter json, EndpointSnapshot snapshot, TimeSpan? age)
    {
        json.WriteString("target"u8, snapshot.Target.ToString());
        json.WriteNumber("version"u8, snapshot.Version);
        json.WriteString("observedAt"u8, snapshot.ObservedAt);
        if (age is { } known)
            json.WriteNumber("ageSeconds"u8, Math.Round(known.TotalSeconds, 3));
        json.WriteString("state"u8, snapshot.IsStale ? "stale"u8 : "live"u8);
        if (snapshot.StaleSince is { } since)
            json.WriteString("staleSince"u8, since);
        else
            json.WriteNull("staleSince"u8);
        json.WriteString("reason"u8, snapshot.StaleReason);
        ClusterJson.WriteMember(json, snapshot.Clusters, hasAge: age is not null);
    }
}
