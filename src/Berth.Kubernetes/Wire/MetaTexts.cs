using System.Text;
using System.Text.Json;

namespace Berth.Kubernetes.Wire;

/// <summary>Chosen labels and annotations of an object's metadata. For one reading.</summary>
/// <param name="keys">The keys, as UTF-8, and whether each is of a label.</param>
internal sealed class MetaTexts(IReadOnlyList<(byte[] Key, bool IsLabel)> keys)
{
    /// <summary>The values in the order of the keys; null for what is not stated.</summary>
    public string?[] Values { get; } = new string?[keys.Count];

    /// <summary>From the name of a label or annotation, reads its value when it is wanted, and skips it otherwise.</summary>
    public bool TryRead(scoped ref Utf8JsonReader reader, bool isLabel)
    {
        for (int i = 0; i < keys.Count; i++)
        {
            if (keys[i].IsLabel == isLabel && reader.ValueTextEquals(keys[i].Key))
                return JsonFields.TryReadString(ref reader, Encoding.UTF8.GetString(keys[i].Key), ref Values[i]);
        }

        return reader.TrySkip();
    }
}
