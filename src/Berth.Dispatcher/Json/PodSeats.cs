using System.Globalization;
using System.Text.Json;
using Berth.Pods;
using Berth.Writing;

namespace Berth.Dispatcher.Json;

/// <summary>The seats of one pod, as its desk last stated them. While the desk is silent, all numbers are 0.</summary>
/// <param name="Pod">The name of the pod.</param>
/// <param name="Desk">The state of the desk: <c>open</c>, <c>closed</c> or <c>silent</c>.</param>
/// <param name="Capacity">The seats.</param>
/// <param name="Free">The seats that can be reserved.</param>
/// <param name="Reserved">The seats of clients on their way.</param>
/// <param name="Taken">The seats of sessions.</param>
internal sealed record PodSeats(string Pod, string Desk, int Capacity, int Free, int Reserved, int Taken)
{
    /// <summary>The cluster that the pod is in, or null when only one is followed.</summary>
    public string? Cluster { get; init; }

    public const string Silent = "silent";

    /// <summary>Writes the member <c>seats</c>: the seats of one pod, or nothing when there are none.</summary>
    public static void WriteMember(Utf8JsonWriter json, PodSeats? seats)
    {
        if (seats is null)
            return;
        json.WritePropertyName("seats"u8);
        seats.Write(json);
    }

    /// <summary>Returns a text that differs when the seats differ; empty when there are none.</summary>
    public static string TagOf(IReadOnlyList<PodSeats>? all)
    {
        if (all is null)
            return "";
        ulong hash = (ulong)all.Count;
        foreach (PodSeats seats in all)
        {
            hash = KeyHash.Mix(hash ^ KeyHash.Of(seats.Pod));
            if (seats.Cluster is { } cluster)
                hash = KeyHash.Mix(hash ^ KeyHash.Of(cluster));
            hash = KeyHash.Mix(hash ^ KeyHash.Of(seats.Desk));
            hash = KeyHash.Mix(hash ^ (((ulong)seats.Capacity << 32) | (uint)seats.Free));
            hash = KeyHash.Mix(hash ^ (((ulong)seats.Reserved << 32) | (uint)seats.Taken));
        }

        return string.Create(CultureInfo.InvariantCulture, $"-{hash:x}");
    }

    /// <summary>Writes an object.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("pod"u8, Pod);
        EndpointJson.WriteCluster(json, Cluster);
        WriteState(json);
        json.WriteEndObject();
    }

    /// <summary>Writes the state of the desk, and the numbers unless it is silent, into an object that is already open.</summary>
    public void WriteState(Utf8JsonWriter json)
    {
        json.WriteString("desk"u8, Desk);
        if (Desk == Silent)
            return;
        json.WriteNumber("capacity"u8, Capacity);
        json.WriteNumber("free"u8, Free);
        json.WriteNumber("reserved"u8, Reserved);
        json.WriteNumber("taken"u8, Taken);
    }
}
