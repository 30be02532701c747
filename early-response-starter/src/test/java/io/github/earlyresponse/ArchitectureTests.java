/*
 * Copyright 2026-present the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package io.github.earlyresponse;

import java.util.Locale;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the structure of the library.
 */
class ArchitectureTests {

	private static final String API = "io.github.earlyresponse";

	private static final String ENGINE = API + ".engine";

	private static final String CALL = API + ".call";

	private static final String RUN = API + ".run";

	private static final String MEMORY = API + ".memory";

	private static final String CONTEXT = API + ".context";

	private static final String HANDLER = API + ".handler";

	private static final String RESPONSE = API + ".web.response";

	private static final String REQUEST = API + ".web.request";

	private static final String SEND = API + ".web.send";

	private static final String IDEMPOTENCY = API + ".web.idempotency";

	private static final String WEB = API + ".web";

	private static final String MICROMETER = API + ".micrometer";

	private static final String ACTUATE = API + ".actuate";

	private static final String STATUS = API + ".status";

	private static final String AUTOCONFIGURE = API + ".autoconfigure";

	private static final JavaClasses classes = new ClassFileImporter()
		.withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
		.importPackages(API);

	@Test
	void thereAreNoOtherPackages() {
		assertThat(classes.stream().map(JavaClass::getPackageName).distinct()).containsExactlyInAnyOrder(API, CALL, RUN,
				ENGINE, MEMORY, CONTEXT, HANDLER, SEND, REQUEST, RESPONSE, IDEMPOTENCY, WEB, MICROMETER, ACTUATE,
				STATUS, AUTOCONFIGURE);
	}

	@Test
	void packagesOnlyKnowThoseBelow() {
		check(API);
		check(CALL, API);
		check(ENGINE, API, CALL);
		check(RUN, API, CALL, ENGINE);
		check(MEMORY, API, CALL, ENGINE, RUN);
		check(CONTEXT, API);
		check(HANDLER, API, CALL, ENGINE);
		check(REQUEST, API);
		check(RESPONSE, API, ENGINE, REQUEST);
		check(SEND, API, CALL, RUN);
		check(IDEMPOTENCY, API, ENGINE, HANDLER);
		check(WEB, API, CALL, RUN, ENGINE, CONTEXT, HANDLER, SEND, REQUEST, RESPONSE, IDEMPOTENCY);
		check(STATUS, API, RESPONSE);
		check(ACTUATE, API, ENGINE);
		check(MICROMETER, API, ENGINE, RUN);
	}

	@Test
	void nobodyKnowsAutoConfiguration() {
		noClasses().that()
			.resideOutsideOfPackage(AUTOCONFIGURE)
			.should()
			.dependOnClassesThat()
			.resideInAPackage(AUTOCONFIGURE)
			.check(classes);
	}

	private static void check(String from, String... below) {
		DescribedPredicate<JavaClass> ours = JavaClass.Predicates.resideInAPackage(API + "..");
		classes().that()
			.resideInAPackage(from)
			.should()
			.onlyDependOnClassesThat(JavaClass.Predicates.resideInAPackage(from)
				.or(JavaClass.Predicates.resideInAnyPackage(below))
				.or(DescribedPredicate.not(ours)))
			.check(classes);
	}

	@Test
	void packagesHaveNoCycles() {
		slices().matching(API + ".(*)..").should().beFreeOfCycles().check(classes);
	}

	@Test
	void apiDependsOnNoServletSecurityOrMicrometer() {
		noClasses().that()
			.resideInAPackage(API)
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("jakarta.servlet..", "org.springframework.security..", "io.micrometer..",
					"org.springframework.boot..", "org.slf4j..")
			.check(classes);
	}

	@Test
	void observationNeedsNoMeters() {
		noClasses().that()
			.resideInAPackage(MICROMETER)
			.and()
			.haveSimpleNameNotStartingWith("PostPhaseMeter")
			.and()
			.doNotHaveSimpleName("PostPhaseMetrics")
			.and()
			.doNotHaveSimpleName("PostPhaseStoreMetrics")
			.and()
			.haveNameNotMatching(".*\\.PostPhaseTimer.*")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("io.micrometer.core..")
			.orShould()
			.dependOnClassesThat()
			.haveSimpleName("PostPhaseMeterDocumentation")
			.because("tracing comes without micrometer-core")
			.check(classes);
	}

	@Test
	void engineDependsOnNoServlet() {
		noClasses().that()
			.resideInAnyPackage(ENGINE, CONTEXT)
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("jakarta.servlet..", "org.springframework.web.servlet..")
			.check(classes);
	}

	@Test
	void postProcessorsAreMadeByStaticMethods() {
		ArchRule rule = methods().that()
			.areAnnotatedWith(Bean.class)
			.and()
			.haveRawReturnType(JavaClass.Predicates.assignableTo(BeanPostProcessor.class)
				.or(JavaClass.Predicates.assignableTo(BeanFactoryPostProcessor.class)))
			.should()
			.beStatic();
		rule.check(classes);
	}

	@Test
	void conditionsOnClassesAreNotOnBeanMethods() {
		noMethods().that()
			.areAnnotatedWith(Bean.class)
			.should()
			.beAnnotatedWith(ConditionalOnClass.class)
			.check(classes);
	}

	@Test
	void autoConfigurationsArePublicAndFinal() {
		classes().that()
			.areAnnotatedWith(AutoConfiguration.class)
			.should()
			.bePublic()
			.andShould()
			.haveModifier(JavaModifier.FINAL)
			.check(classes);
	}

	@Test
	void otherConfigurationsAreNotPublic() {
		noClasses().that().areAnnotatedWith(Configuration.class).should().bePublic().check(classes);
	}

	@Test
	void beanMethodsArePackagePrivate() {
		methods().that().areAnnotatedWith(Bean.class).should().bePackagePrivate().check(classes);
	}

	@Test
	void caseIsChangedWithLocale() {
		noClasses().should()
			.callMethod(String.class, "toLowerCase")
			.orShould()
			.callMethod(String.class, "toUpperCase")
			.because("it depends on the locale of the machine; give " + Locale.class.getSimpleName() + ".ROOT")
			.check(classes);
	}

}
