using Berth.Extensions.Hosting.Settings;
using Berth.Extensions.Hosting.Sources;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Berth.Extensions.Hosting.Checks;

/// <summary>Checks the settings of a view when the host starts. Every sentence names the path of the setting.</summary>
internal sealed class BerthViewSettingsCheck(IConfiguration configuration, BerthRegistrations registrations)
    : IValidateOptions<BerthViewSettings>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, BerthViewSettings options)
    {
        if (name is null || !registrations.Views.Contains(name, StringComparer.Ordinal))
            return ValidateOptionsResult.Skip;
        string[] faults = [.. KnownKeys.FindFaultsOfView(configuration, name), .. ViewReading.Read(name, options).Faults];
        return faults.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
