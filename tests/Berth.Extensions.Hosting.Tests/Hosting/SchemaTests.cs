using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Berth.TestKit;

namespace Berth.Extensions.Hosting.Hosting;

/// <summary>The types, values and defaults of ConfigurationSchema.json, against those of the settings' classes.</summary>
public sealed class SchemaTests
{
    [Fact]
    public void Types_values_and_defaults_are_those_of_the_settings()
    {
        using JsonDocument schema = JsonDocument.Parse(
            File.ReadAllText(Path.Combine(Checkout.Root, "src/Berth.Extensions.Hosting/ConfigurationSchema.json")));
        JsonElement berth = schema.RootElement.GetProperty("properties").GetProperty("Berth");
        JsonElement view = berth.GetProperty("properties").GetProperty("Views").GetProperty("additionalProperties");

        Assert.True(Check(new BerthSettings(), berth) > 20);
        Assert.Equal(10, Check(new BerthViewSettings(), view));
        // Settings of the section Berth count for all views.
        Assert.Equal(10, Check(new BerthViewSettings(), berth));
        Assert.Equal(3, Check(new BerthPortSettings(), view.GetProperty("properties").GetProperty("Ports").GetProperty("items")));
    }

    /// <summary>Compares all properties of an object of settings, and returns how many there are.</summary>
    private static int Check(object settings, JsonElement section)
    {
        int count = 0;
        foreach (PropertyInfo property in settings.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            JsonElement described = section.GetProperty("properties").GetProperty(property.Name);
            object? value = property.GetValue(settings);
            Type type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            count++;
            if (type.Name.StartsWith("Berth", StringComparison.Ordinal))
            {
                count += Check(value!, described);
                continue;
            }

            string path = $"{settings.GetType().Name}.{property.Name}";
            if (type.IsEnum)
                Assert.Equal(Enum.GetNames(type), described.GetProperty("enum").EnumerateArray().Select(static e => e.GetString()!));
            else if (described.TryGetProperty("type", out JsonElement stated))
                Assert.Equal((path, TypeOf(type)), (path, stated.GetString()!));
            Assert.True(described.GetProperty("description").GetString()!.Length > 5, path);
            Assert.Equal((path, DefaultOf(value)), (path, described.TryGetProperty("default", out JsonElement d) ? d.ToString() : null));
        }

        return count;
    }

    private static string TypeOf(Type type) =>
        type == typeof(bool) ? "boolean"
        : type == typeof(int) ? "integer"
        : type == typeof(string) || type == typeof(TimeSpan) ? "string"
        : type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IDictionary<,>) ? "object"
        : "array";

    private static string? DefaultOf(object? value) => value switch
    {
        null => null,
        string text => text,
        // An empty list needs no default.
        IEnumerable => null,
        TimeSpan time => time.ToString("c", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };
}
