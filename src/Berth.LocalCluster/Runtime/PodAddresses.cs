namespace Berth.LocalCluster.Runtime;

/// <summary>
/// Loopback addresses. Node i is 127.0.0.(i+1). A pod that is not on the host network has a separate address, so that replicas can listen
/// on the same port. The addresses of pods contain the API's port (127.HIGH.LOW.1 and up), which only this cluster uses, so the pods of two
/// clusters have different addresses.
/// </summary>
internal sealed class PodAddresses(int apiPort)
{
    private readonly Lock _gate = new();
    private readonly SortedSet<int> _free = [];
    private readonly HashSet<int> _ofServices = [];
    private readonly int _first = apiPort * 256;
    private int _next = apiPort * 256;

    public static string OfNode(int index) => Text(index);

    public static string ExternalOfNode(int index) => Text(65536 + index);

    public static string InternalOf(JsonObject node) =>
        node.Items("status", "addresses").FirstOrDefault(address => address.Text("type") == "InternalIP").Text("address") ?? Text(0);

    public string Take()
    {
        lock (_gate)
        {
            while (_ofServices.Contains(_next))
                _next++;
            int index = _free.Count > 0 ? _free.Min : _next++;
            _free.Remove(index);
            return Text(index);
        }
    }

    /// <summary>
    /// Returns an address for a Service's name: the highest of this cluster's 254 that no pod has had. Null when none is left.
    /// </summary>
    public string? TakeForService()
    {
        lock (_gate)
        {
            for (int index = _first + 253; index >= _next; index--)
            {
                if (_ofServices.Add(index))
                    return Text(index);
            }

            return null;
        }
    }

    /// <summary>The Service is gone.</summary>
    public void ReturnOfService(string address)
    {
        lock (_gate)
            _ofServices.Remove(IndexOf(address));
    }

    public void Return(string address)
    {
        int index = IndexOf(address);
        lock (_gate)
        {
            if (index >= _first)
                _free.Add(index);
        }
    }

    private static int IndexOf(string address) => address.Split('.').Skip(1)
        .Aggregate(0, static (sum, part) => (sum * 256) + int.Parse(part, CultureInfo.InvariantCulture)) - 1;

    /// <summary>An address of 127/8. On Linux all are local. Elsewhere only 127.0.0.1 is, and all nodes and pods share it.</summary>
    private static string Text(int index) => !OperatingSystem.IsLinux() ? "127.0.0.1"
        : string.Create(CultureInfo.InvariantCulture, $"127.{(index + 1) / 65536}.{(index + 1) / 256 % 256}.{(index + 1) % 256}");
}
