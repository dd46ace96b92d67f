using System.Text.Json;
using Berth.Snapshots;

namespace Berth.Writing;

/// <summary>The clusters of a target as JSON. docs/http-api.md describes the members.</summary>
internal static class ClusterJson
{
    /// <summary>Writes the member <c>clusters</c>, in the order of preference; nothing where only one cluster is followed.</summary>
    /// <param name="json">The writer, in an open object.</param>
    /// <param name="clusters">The clusters.</param>
    /// <param name="hasAge">False where the text is kept for longer, so that no age would be right.</param>
    public static void WriteMember(Utf8JsonWriter json, IReadOnlyList<EndpointCluster> clusters, bool hasAge)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(clusters);
        if (clusters.Count == 0)
            return;
        json.WriteStartArray("clusters"u8);
        foreach (EndpointCluster cluster in clusters)
            Write(json, cluster, hasAge);
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, EndpointCluster cluster, bool hasAge)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, cluster.Name);
        json.WriteString("state"u8, EndpointWords.Of(cluster));
        if (hasAge && cluster.Age is { } age)
            json.WriteNumber("ageSeconds"u8, Math.Round(age.TotalSeconds, 3));
        if (cluster.Snapshot is { } snapshot)
        {
            json.WriteNumber("endpoints"u8, snapshot.Endpoints.Count);
            json.WriteNumber("available"u8, snapshot.Available.Count);
            json.WriteNumber("leftOut"u8, snapshot.LeftOut.Count);
            if (snapshot.StaleSince is { } since)
                json.WriteString("staleSince"u8, since);
        }

        if (cluster.Reason is { } reason)
            json.WriteString("reason"u8, reason);
        json.WriteEndObject();
    }
}
