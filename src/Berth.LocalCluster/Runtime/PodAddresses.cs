using System.Globalization;
using System.Text.Json.Nodes;
using Berth.LocalCluster.Json;

namespace Berth.LocalCluster.Runtime;

/// <summary>
/// Loopback addresses: node i is 127.0.0.(i+1); a pod off the host network gets one of its own from 127.0.1.1 on, so that replicas listening on one
/// port do not meet.
/// </summary>
internal sealed class PodAddresses
{
    private readonly Lock gate = new();
    private readonly SortedSet<int> free = [];
    private int next = 256;

    public static string OfNode(int index) => Text(index);

    public static string ExternalOfNode(int index) => Text(65536 + index);

    public static string InternalOf(JsonObject node) =>
        node.Items("status", "addresses").FirstOrDefault(address => address.Text("type") == "InternalIP").Text("address") ?? Text(0);

    public string Take()
    {
        lock (gate)
        {
            if (free.Count > 0)
            {
                int again = free.Min;
                free.Remove(again);
                return Text(again);
            }

            return Text(next++);
        }
    }

    public void Return(string address)
    {
        string[] parts = address.Split('.');
        int index = (int.Parse(parts[2], CultureInfo.InvariantCulture) * 256) + int.Parse(parts[3], CultureInfo.InvariantCulture) - 1;
        lock (gate)
        {
            if (index >= 256)
            {
                free.Add(index);
            }
        }
    }

    /// <summary>Linux takes all of 127/8 as its own; elsewhere only 127.0.0.1 is, and then all share that.</summary>
    private static string Text(int index) => !OperatingSystem.IsLinux() ? "127.0.0.1"
        : string.Create(CultureInfo.InvariantCulture, $"127.{(index + 1) / 65536}.{(index + 1) / 256 % 256}.{(index + 1) % 256}");
}
