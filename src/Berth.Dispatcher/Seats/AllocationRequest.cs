using System.Globalization;
using System.Text.Json;

namespace Berth.Dispatcher.Seats;

/// <summary>
/// A request of Agones' allocator (<c>POST /gameserverallocation</c>, allocation.proto of Agones 1.57), with the fields that have a meaning
/// here. A field that would change the client's result is used, or refused by its name. The others are ignored.
/// </summary>
/// <param name="Namespace">The namespace. Agones' own default is <c>default</c>.</param>
/// <param name="Fleets">The fleets in the order in which they are tried: Services of the namespace. Empty for the only one.</param>
/// <param name="Seats">The number of seats.</param>
/// <param name="Key">The client's key, or null.</param>
internal sealed record AllocationRequest(string Namespace, IReadOnlyList<string> Fleets, int Seats, string? Key)
{
    public const string FleetLabel = "agones.dev/fleet";
    public const string KeyAnnotation = "berth.dev/key";

    /// <summary>Reads a request.</summary>
    /// <exception cref="FormatException">It cannot be read, or asks for what there is not; the message names the field.</exception>
    public static AllocationRequest Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 16 });
            return Read(json.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new FormatException(
                "The body is no request for an allocation. Send a JSON object in the form of Agones' allocator.", exception);
        }
    }

    private static AllocationRequest Read(JsonElement root)
    {
        string? @namespace = null;
        List<string> preferred = [];
        List<string> fleets = [];
        int seats = 1;
        string? key = null;
        foreach (JsonProperty field in root.EnumerateObject())
        {
            switch (field.Name)
            {
                case "namespace":
                    @namespace = field.Value.GetString();
                    break;
                case "gameServerSelectors":
                    foreach (JsonElement selector in field.Value.EnumerateArray())
                        seats = Math.Max(seats, ReadSelector(selector, fleets));
                    break;
                case "requiredGameServerSelector":
                    seats = Math.Max(seats, ReadSelector(field.Value, fleets));
                    break;
                case "preferredGameServerSelectors":
                    foreach (JsonElement selector in field.Value.EnumerateArray())
                        seats = Math.Max(seats, ReadSelector(selector, preferred));
                    break;
                case "metadata" or "metaPatch":
                    key = ReadKey(field);
                    break;
                case "counters":
                    seats = Math.Max(seats, ReadCounters(field.Value));
                    break;
                // The dispatcher's policy decides the order in which pods are filled.
                case "scheduling" or "priorities":
                    break;
                case "multiClusterSetting" when !IsOn(field.Value):
                    break;
                default:
                    if (!IsEmpty(field.Value))
                        throw new FormatException($"The field '{field.Name}' has no meaning here. Leave it out; see docs/seats.md.");
                    break;
            }
        }

        return new AllocationRequest(
            string.IsNullOrEmpty(@namespace) ? "default" : @namespace, [.. preferred.Concat(fleets).Distinct()], seats, key);
    }

    /// <summary>Adds the fleet of a selector. Returns the number of seats that it asks for, or 0.</summary>
    private static int ReadSelector(JsonElement selector, List<string> fleets)
    {
        int seats = 0;
        foreach (JsonProperty field in selector.EnumerateObject())
        {
            switch (field.Name)
            {
                case "matchLabels":
                    foreach (JsonProperty label in field.Value.EnumerateObject())
                    {
                        fleets.Add(label.Name == FleetLabel
                            ? label.Value.GetString() ?? ""
                            : throw new FormatException($"The label '{label.Name}' selects nothing here. Select by '{FleetLabel}' alone."));
                    }

                    break;
                // A pod with a free seat is ready for a client, even if it already has clients.
                case "gameServerState":
                    break;
                case "counters":
                    foreach (JsonProperty counter in field.Value.EnumerateObject())
                        seats = Math.Max(seats, ReadNumbers(counter, "minAvailable"));
                    break;
                default:
                    if (!IsEmpty(field.Value))
                        throw new FormatException(
                            $"The field '{field.Name}' of a selector has no meaning here. Leave it out; see docs/seats.md.");
                    break;
            }
        }

        return seats;
    }

    private static string? ReadKey(JsonProperty metadata)
    {
        string? key = null;
        foreach (JsonProperty map in metadata.Value.EnumerateObject())
        {
            foreach (JsonProperty entry in map.Value.EnumerateObject())
            {
                key = map.Name == "annotations" && entry.Name == KeyAnnotation
                    ? entry.Value.GetString()
                    : throw new FormatException(
                        $"'{entry.Name}' in {metadata.Name}.{map.Name} cannot be written, because nothing is written to pods. " +
                        $"The annotation '{KeyAnnotation}' alone is used: its text is the key of the reservation.");
            }
        }

        return key;
    }

    private static int ReadCounters(JsonElement counters)
    {
        int seats = 0;
        foreach (JsonProperty counter in counters.EnumerateObject())
        {
            if (!counter.Value.TryGetProperty("action", out JsonElement action) || action.ToString() != "Increment")
                throw new FormatException($"The counter '{counter.Name}' has no action 'Increment', the only one that there is here.");
            seats = Math.Max(seats, ReadNumbers(counter, "amount"));
        }

        return seats;
    }

    /// <summary>Reads a number of a counter, which protobuf's JSON writes as a text. Every other number that is not 0 is refused.</summary>
    private static int ReadNumbers(JsonProperty counter, string wanted)
    {
        int found = 0;
        foreach (JsonProperty field in counter.Value.EnumerateObject())
        {
            if (field.Name == "action" || IsEmpty(field.Value) || field.Value.ToString() == "0")
                continue;
            if (field.Name != wanted || !int.TryParse(field.Value.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out found))
                throw new FormatException($"'{field.Name}' of the counter '{counter.Name}' has no meaning here. Give {wanted}, a number.");
        }

        return found;
    }

    private static bool IsOn(JsonElement setting) =>
        setting.ValueKind == JsonValueKind.Object && setting.TryGetProperty("enabled", out JsonElement enabled)
            && enabled.ValueKind == JsonValueKind.True;

    private static bool IsEmpty(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.False => true,
        JsonValueKind.Object => !value.EnumerateObject().Any(),
        JsonValueKind.Array => value.GetArrayLength() == 0,
        JsonValueKind.String => value.GetString() is "",
        _ => false,
    };
}
