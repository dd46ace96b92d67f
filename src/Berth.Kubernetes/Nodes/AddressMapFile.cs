using System.Text;
using Berth.Kubernetes.Access.Files;
using Berth.Kubernetes.Addresses;
using Berth.Kubernetes.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Berth.Kubernetes.Nodes;

/// <summary>
/// The file of an address map. It is read again when its content changes, also after a swap of the symlinks of a ConfigMap. While the file
/// has a fault, the last good map stays. Not safe for several threads.
/// </summary>
internal sealed class AddressMapFile
{
    /// <summary>The time between two looks.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    private readonly string _path;
    private readonly ILogger _logger;
    private readonly Rereading _rereading;
    private byte[] _content;

    /// <summary>Reads the file for the first time.</summary>
    /// <exception cref="ClusterAccessException">It cannot be read, or has a fault.</exception>
    public AddressMapFile(string path, ILogger logger)
    {
        _path = path;
        _logger = logger;
        _rereading = new Rereading(logger, $"The address map {path}");
        Map = Parse(path, _content = FileReading.Read(path, "the address map"));
    }

    /// <summary>The last good map.</summary>
    public AddressMap Map { get; private set; }

    /// <summary>Returns the fault of a file as a sentence, or null.</summary>
    public static string? FindFault(string path)
    {
        try
        {
            Parse(path, FileReading.Read(path, "the address map"));
            return null;
        }
        catch (ClusterAccessException exception)
        {
            return exception.Message;
        }
    }

    /// <summary>Checks the file. Returns true when there is a new map.</summary>
    public bool Reread()
    {
        try
        {
            byte[] content = FileReading.Read(_path, "the address map");
            if (content.AsSpan().SequenceEqual(_content))
            {
                _rereading.Succeeded();
                return false;
            }

            Map = Parse(_path, content);
            _content = content;
            _rereading.Succeeded();
            Log.AddressMapChanged(_logger, _path, Map.Count);
            return true;
        }
        catch (ClusterAccessException exception)
        {
            _rereading.Failed(exception);
            return false;
        }
    }

    private static AddressMap Parse(string path, byte[] content) =>
        AddressMap.TryParse(Encoding.UTF8.GetString(content).TrimStart('\uFEFF'), out string? fault)
        ?? throw new ClusterAccessException($"The address map {path} cannot be used: {fault}. Correct it.");
}
