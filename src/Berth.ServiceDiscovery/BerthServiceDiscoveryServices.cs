using Berth.ServiceDiscovery.Providers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.ServiceDiscovery;

namespace Berth.ServiceDiscovery;

/// <summary>Registers Berth with Microsoft.Extensions.ServiceDiscovery.</summary>
public static class BerthServiceDiscoveryServices
{
    /// <summary>
    /// Lets <c>HttpClient</c> reach the pods of a StatefulSet by name: <c>http://lobby</c> for a registered view or a mapped name,
    /// <c>http://service-b.k8s-example2.berth</c> for any Service, <c>http://service-b-2.service-b.k8s-example2.berth</c> for one pod. All
    /// other names are left alone.
    /// </summary>
    /// <remarks>
    /// Providers are asked in the order of their registration, and the first answer counts. Registered before <c>AddServiceDiscovery</c>,
    /// Berth comes before the configuration section <c>Services</c>; registered after it, the section comes first. The order does not
    /// matter for names that only one of them has. The directory comes from the container: <c>builder.AddBerth()</c> registers it.
    /// </remarks>
    /// <param name="services">The services.</param>
    /// <param name="configure">Changes the options. Several calls add up.</param>
    /// <returns>The same services, for further calls.</returns>
    /// <exception cref="InvalidOperationException">The host is built already.</exception>
    public static IServiceCollection AddBerthServiceEndpointProvider(
        this IServiceCollection services, Action<BerthServiceDiscoveryOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        if (services.IsReadOnly)
        {
            throw new InvalidOperationException(
                "The host is built already: Berth cannot be added to service discovery. Call AddBerthServiceEndpointProvider before " +
                "Build().");
        }

        OptionsBuilder<BerthServiceDiscoveryOptions> options = services.AddOptions<BerthServiceDiscoveryOptions>().ValidateOnStart();
        if (configure is not null)
            options.Configure(configure);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<BerthServiceDiscoveryOptions>, OptionsCheck>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IServiceEndpointProviderFactory, BerthServiceEndpointProviderFactory>());
        return services;
    }

    private sealed class OptionsCheck(IServiceProvider services) : IValidateOptions<BerthServiceDiscoveryOptions>
    {
        public ValidateOptionsResult Validate(string? name, BerthServiceDiscoveryOptions options)
        {
            string[] faults = [.. options.FindFaults(), .. FindTaken(options)];
            return faults.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
        }

        /// <summary>A view's name stands for its pods by itself. Mapped too, one of the two would be ignored.</summary>
        private IEnumerable<string> FindTaken(BerthServiceDiscoveryOptions options) =>
            services.GetService<IServiceProviderIsKeyedService>() is not { } registered ? []
                : from mapped in options.Mapped
                  where registered.IsKeyedService(typeof(EndpointView), mapped.Key)
                  select $"The name '{mapped.Key}' is mapped to {mapped.Value.Target}, and is the name of a registered view too. Map " +
                      "another name, or leave it to the view.";
    }
}
