using System.Globalization;

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

    private static string Text(int index) => string.Create(CultureInfo.InvariantCulture, $"127.0.{(index + 1) / 256}.{(index + 1) % 256}");
}
